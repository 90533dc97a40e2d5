"""In `attention`, the product with k has the caller's setting, like any other.
`astype(jnp.float32)` and `preferred_element_type` do not ask for precision: the
arrays are float32 before and after a product in TF32. Pass
`precision="highest"` to this product.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = q @ jnp.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
