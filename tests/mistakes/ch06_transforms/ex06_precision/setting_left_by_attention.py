"""After a call of `attention`, `jax_default_matmul_precision` is not what it
was before: all later code computes with the new value. `precision="highest"`
asks for one product, and a `with` block for those within it; neither leaves
anything behind.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    jax.config.update("jax_default_matmul_precision", "highest")
    scores = q @ jnp.swapaxes(k, -1, -2) / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
