"""After a call, `jax_default_matmul_precision` has the value that was passed to
`at_precision`: later code computes with it. Usually it is set by
`jax.config.update`, or a block is entered and not left.
`jax.default_matmul_precision(precision)`, as a context manager or decorator,
sets it back however f ends.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        jax.config.update("jax_default_matmul_precision", precision)
        return f(*args, **kwargs)

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
