from collections.abc import Callable

import jax
import jax.numpy as jnp


def at_precision(f: Callable, precision: str) -> Callable:
    def run(*args, **kwargs):
        with jax.default_matmul_precision(precision):
            return f(*args, **kwargs)

    return run


def _weights(q, k):
    scores = jnp.matmul(q, jnp.swapaxes(k, -1, -2), precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores, axis=-1)


@jax.custom_vjp
def _attention(q, k, v):
    return jnp.matmul(_weights(q, k), v)


def _attention_forward(q, k, v):
    return _attention(q, k, v), (q, k, v)


def _attention_backward(saved, dy):
    q, k, v = saved
    weights = _weights(q, k)
    dweights = jnp.matmul(dy, jnp.swapaxes(v, -1, -2))
    dscores = weights * (dweights - (weights * dweights).sum(-1, keepdims=True)) / q.shape[-1] ** 0.5
    dq = jnp.matmul(dscores, k)
    dk = jnp.matmul(jnp.swapaxes(dscores, -1, -2), q)
    dv = jnp.matmul(jnp.swapaxes(weights, -1, -2), dy)
    return dq, dk, dv


_attention.defvjp(_attention_forward, _attention_backward)


def attention(q: jax.Array, k: jax.Array, v: jax.Array) -> jax.Array:
    return _attention(q, k, v)


def matmul_f32(x: jax.Array, w: jax.Array) -> jax.Array:
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
