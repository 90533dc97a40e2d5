import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        block = jax.default_matmul_precision(precision)
        block.__enter__()
        result = f(*args, **kwargs)
        block.__exit__(None, None, None)
        return result

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
