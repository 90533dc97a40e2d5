import jax
import jax.numpy as jnp


def at_precision(f, precision):

    def run(*args, **kwargs):
        with jax.default_matmul_precision(precision):
            return f(*args, **kwargs)

    return run


def attention(q, k, v):
    scores = jnp.matmul(q, jnp.swapaxes(k, -1, -2), precision="highest") / q.shape[-1] ** 0.5
    e = jnp.exp(scores - jnp.max(scores, axis=-1, keepdims=True, initial=0.0))
    return jnp.matmul(e / e.sum(-1, keepdims=True), v)


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
