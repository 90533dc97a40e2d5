"""`matmul_f32` converts its inputs to float32 and multiplies these: the numbers
are right, but the product no longer takes bfloat16, which is what makes it
fast. Leave x and w as they are, and pass `preferred_element_type=jnp.float32`.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return x.astype(jnp.float32) @ w.astype(jnp.float32)
