"""`matmul_f32` multiplies float32: x, w or both were converted before the
product, by you or because the other one is float32. The numbers are right, but
a product is fast where both are bfloat16. Leave x and w as they are, and pass
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
    return x.astype(jnp.float32) @ w.astype(jnp.float32)
