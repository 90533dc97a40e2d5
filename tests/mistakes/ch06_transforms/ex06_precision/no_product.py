"""In `matmul_f32`, there is no matrix product: it multiplies elements and sums
them up, which is slow and needs memory for all of these. Use jnp.matmul with
`preferred_element_type=jnp.float32`.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return (x.astype(jnp.float32)[..., :, None] * w.astype(jnp.float32)).sum(-2)
