"""`matmul_f32` raises an error unless x has a certain number of axes. x may
have any; its last one is summed over. jnp.matmul and jnp.einsum with `...` take
them all.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jax.lax.dot_general(x, w, (((1,), (0,)), ((), ())), preferred_element_type=jnp.float32)
