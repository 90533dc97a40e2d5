"""In `attention`, the product with v asks for nothing, even where the caller's
setting is higher. Usually a block or a setting of None stands around it. Leave
it without both: then it has what the caller's setting says.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    with jax.default_matmul_precision(None):
        return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
