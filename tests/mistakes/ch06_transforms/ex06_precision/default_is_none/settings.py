import jax
import jax.numpy as jnp


def at_precision(f, precision):
    level = {"default": None}.get(precision, precision)

    def run(*args, **kwargs):
        before = jax.config.jax_default_matmul_precision
        jax.config.update("jax_default_matmul_precision", level)
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
