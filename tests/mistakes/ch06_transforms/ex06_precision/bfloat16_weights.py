"""In `attention`, the product with v takes bfloat16: its inputs were rounded
before it. A fast product in float32 needs no conversion: by default each device
takes its fast way. Multiply the float32 arrays.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    weights = jax.nn.softmax(scores).astype(jnp.bfloat16)
    return jnp.matmul(weights, v.astype(jnp.bfloat16), preferred_element_type=jnp.float32)


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
