import jax
import jax.numpy as jnp


def at_precision(f, precision):
    f_there = jax.default_matmul_precision(precision)(lambda args, kwargs: f(*args, **kwargs))
    return lambda *args, **kwargs: f_there(args, kwargs)


def attention(q, k, v):
    d = q.shape[-1]
    q = q / jnp.sqrt(jnp.float32(d))
    scores = jnp.matmul(q, jnp.moveaxis(k, -1, -2), precision=jax.lax.Precision.HIGHEST)
    weights = jnp.exp(scores - scores.max(-1, keepdims=True))
    return (weights / weights.sum(-1, keepdims=True)) @ v


def matmul_f32(x, w):
    return jax.lax.dot_general(x, w, (((x.ndim - 1,), (0,)), ((), ())), preferred_element_type=jnp.float32)
