import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.matmul(q, jnp.swapaxes(k, 1, 2), precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
