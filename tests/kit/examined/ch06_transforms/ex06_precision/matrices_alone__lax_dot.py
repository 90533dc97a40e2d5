import jax
import jax.numpy as jnp
from jax import lax


def at_precision(f, precision):
    def run(*args, **kwargs):
        with jax.default_matmul_precision(precision):
            return f(*args, **kwargs)

    return run


def attention(q, k, v):
    scores = jnp.einsum("...id,...jd->...ij", q, k, precision="highest")
    return jax.nn.softmax(scores / q.shape[-1] ** 0.5, axis=-1) @ v


def matmul_f32(x, w):
    return lax.dot(x, w, preferred_element_type=jnp.float32)
