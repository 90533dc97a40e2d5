"""In `attention`, there is no matrix product with v: it multiplies elements and
sums them up, which needs memory for all of these. Write a product, which asks
for nothing itself.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return (jax.nn.softmax(scores)[..., None] * v[..., None, :, :]).sum(-2)


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
