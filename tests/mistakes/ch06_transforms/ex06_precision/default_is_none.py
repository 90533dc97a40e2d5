"""With "default", the products of f ask for nothing; usually "default" was
turned into None. JAX writes the backward pass after the call of f, and there a
product that asks for nothing gets the caller's setting. Pass "default" on as it
is.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(None if precision == "default" else precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
