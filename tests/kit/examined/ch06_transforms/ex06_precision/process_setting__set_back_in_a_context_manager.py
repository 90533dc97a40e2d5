from contextlib import contextmanager

import jax
import jax.numpy as jnp


@contextmanager
def matmul_precision(precision):
    """As torch.set_float32_matmul_precision, and back."""
    old = jax.config.jax_default_matmul_precision
    jax.config.update("jax_default_matmul_precision", precision)
    try:
        yield
    finally:
        jax.config.update("jax_default_matmul_precision", old)


def at_precision(f, precision):
    @matmul_precision(precision)
    def run(*args, **kwargs):
        return f(*args, **kwargs)

    return run


def attention(q, k, v):
    d = q.shape[-1]
    scores = jnp.matmul(q, k.swapaxes(-1, -2), precision="highest") / jnp.sqrt(d)
    return jnp.matmul(jax.nn.softmax(scores, axis=-1), v)


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
