"""After an error of f's, `jax_default_matmul_precision` keeps the new value.
Usually it is set back behind the call, or a block is left there, and that line
is not reached. Use `with jax.default_matmul_precision(precision):`, or set it
back in `finally`.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        before = jax.config.jax_default_matmul_precision
        jax.config.update("jax_default_matmul_precision", precision)
        result = f(*args, **kwargs)
        jax.config.update("jax_default_matmul_precision", before)
        return result

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
