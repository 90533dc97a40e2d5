"""Where the caller stands in a block, `with
jax.default_matmul_precision(...):`, products have the precision of that block,
not yours. Usually the setting of the process was changed with
`jax.config.update` and set back, as in PyTorch. A block goes before the
process. Open your own: the innermost block holds.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        before = jax.config.jax_default_matmul_precision
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
