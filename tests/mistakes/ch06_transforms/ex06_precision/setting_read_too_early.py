"""After a call, `jax_default_matmul_precision` is what it was when
`at_precision` was called, and not what it was before the call. Read it in the
function that you return, or use `with jax.default_matmul_precision(precision):`
there.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    before = jax.config.jax_default_matmul_precision

    def run(*args, **kwargs):
        jax.config.update("jax_default_matmul_precision", precision)
        try:
            return f(*args, **kwargs)
        finally:
            jax.config.update("jax_default_matmul_precision", before)

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
