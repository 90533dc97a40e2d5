"""`matmul_f32` returns float32 numbers that were rounded to bfloat16 before.
The product is computed as bfloat16, and converting its result does not bring
the digits back. Ask the product itself for float32, with
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
    return (x @ w).astype(jnp.float32)
