from functools import wraps

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    @wraps(f)
    @jax.default_matmul_precision(precision)
    def run(*args, **kwargs):
        return f(*args, **kwargs)

    return run


def attention(q, k, v):
    lead = q.shape[:-2]
    q, k, v = (a.reshape(-1, *a.shape[-2:]) for a in (q, k, v))
    scores = jax.lax.batch_matmul(q, jnp.swapaxes(k, -1, -2), precision="highest") / q.shape[-1] ** 0.5
    result = jax.lax.batch_matmul(jax.nn.softmax(scores), v)
    return result.reshape(*lead, *result.shape[-2:])


def matmul_f32(x, w):
    y = jnp.einsum("mk,kn->mn", x.reshape(-1, x.shape[-1]), w, preferred_element_type=jnp.float32)
    return y.reshape(*x.shape[:-1], w.shape[-1])
