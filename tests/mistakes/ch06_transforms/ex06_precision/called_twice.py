"""Each call of the function that `at_precision` returns calls f twice, usually
once to compile it. Calls of jax.jit compile by themselves; f may be slow, or
read the next batch. Call it once, and return what it returns.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        with jax.default_matmul_precision(precision):
            jax.block_until_ready(f(*args, **kwargs))
            return f(*args, **kwargs)

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
