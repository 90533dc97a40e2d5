"""`attention` raises an error unless q has a certain number of axes. It may
have any number in front of the last two: write `...` for them in an einsum, and
count axes from the end, as in `jnp.swapaxes(k, -1, -2)`.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("bqd,bkd->bqk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jnp.einsum("bqk,bkw->bqw", jax.nn.softmax(scores), v)


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
