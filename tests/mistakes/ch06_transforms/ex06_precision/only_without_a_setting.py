"""Where the caller has a setting, the products of f keep it. The precision that
was asked for holds whatever the caller's setting is: set it in each call.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        if jax.config.jax_default_matmul_precision is not None:
            return f(*args, **kwargs)
        with jax.default_matmul_precision(precision):
            return f(*args, **kwargs)

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
