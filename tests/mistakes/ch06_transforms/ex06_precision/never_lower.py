"""`at_precision` raises the precision and never lowers it: where the caller's
setting is higher, that one holds. Use the precision that was asked for.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    order = [None, "default", "high", "highest"]

    def run(*args, **kwargs):
        before = jax.config.jax_default_matmul_precision
        with jax.default_matmul_precision(max(before, precision, key=order.index)):
            return f(*args, **kwargs)

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
