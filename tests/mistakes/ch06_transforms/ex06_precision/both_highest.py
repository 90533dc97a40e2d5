"""In `attention`, both products ask for "highest". The one with v must have
what the caller's setting says: write it outside the `with` block, and without a
`precision`.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    with jax.default_matmul_precision("highest"):
        scores = q @ jnp.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5
        return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
