import jax
import jax.numpy as jnp


def at_precision(f, precision):
    block = jax.default_matmul_precision(precision)

    class Run:
        def __call__(self, *args, **kwargs):
            with block:
                return f(*args, **kwargs)

    return Run()


def attention(q, k, v):
    if q.ndim > 2:
        return jax.lax.map(lambda qkv: attention(*qkv), (q, k, v))

    @jax.checkpoint
    def weights_of(q, k):
        return jax.nn.softmax(jnp.dot(k, q, precision="highest") / q.shape[-1] ** 0.5)

    def step(_, q):
        return None, weights_of(q, k) @ v

    return jax.lax.scan(step, None, q)[1]


def matmul_f32(x, w):
    def step(_, row):
        return None, jnp.dot(row, w, preferred_element_type=jnp.float32)

    _, y = jax.lax.scan(step, None, x.reshape(-1, x.shape[-1]))
    return y.reshape(*x.shape[:-1], w.shape[-1])
