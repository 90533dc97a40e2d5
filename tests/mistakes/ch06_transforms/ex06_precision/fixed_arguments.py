"""The function that `at_precision` returns takes one or two arguments by
position, and not any other number. Give it `*args, **kwargs`, and pass both on
to f.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(params, x, **kwargs):
        with jax.default_matmul_precision(precision):
            return f(params, x, **kwargs)

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
