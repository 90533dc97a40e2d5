"""The function that `at_precision` returns has the products of f as they are:
nothing asks for the precision while f is traced. Usually the `with` block ends
before f is called, or `jax.default_matmul_precision(precision)` stands on a
line of its own, where it does nothing. Call f within the block, or decorate f.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    with jax.default_matmul_precision(precision):
        return f


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
