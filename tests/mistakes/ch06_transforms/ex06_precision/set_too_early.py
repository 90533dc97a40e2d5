"""Calling `at_precision` changes `jax_default_matmul_precision` for the whole
process, before the function that it returns is called. Set it in each call of
that function, and set it back: `with jax.default_matmul_precision(precision):`
around `f(*args, **kwargs)`.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    jax.config.update("jax_default_matmul_precision", precision)
    return f


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
