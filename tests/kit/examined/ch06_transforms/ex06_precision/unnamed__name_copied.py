import jax
import jax.numpy as jnp


def at_precision(f, precision):

    def run(*args, **kwargs):
        with jax.default_matmul_precision(precision):
            return f(*args, **kwargs)

    run.__name__ = f.__name__
    return run


def attention(q, k, v):
    scores = jnp.matmul(q, jnp.swapaxes(k, -1, -2), precision="highest") / q.shape[-1] ** 0.5
    return jnp.matmul(jax.nn.softmax(scores, axis=-1), v)


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
