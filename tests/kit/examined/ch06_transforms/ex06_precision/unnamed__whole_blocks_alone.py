from collections.abc import Callable

import jax
import jax.numpy as jnp


def at_precision(f: Callable, precision: str) -> Callable:
    def run(*args, **kwargs):
        with jax.default_matmul_precision(precision):
            return f(*args, **kwargs)

    return run


def attention(q: jax.Array, k: jax.Array, v: jax.Array) -> jax.Array:
    size = min(128, k.shape[-2])
    blocks = [slice(i * size, (i + 1) * size) for i in range(k.shape[-2] // size)]
    keys = [jnp.swapaxes(k[..., block, :], -1, -2) for block in blocks]
    scores = [jnp.matmul(q, key, precision="highest") / q.shape[-1] ** 0.5 for key in keys]
    highest = jnp.stack([s.max(-1, keepdims=True) for s in scores]).max(0)
    weights = [jnp.exp(s - highest) for s in scores]
    total = sum(w.sum(-1, keepdims=True) for w in weights)
    return sum(jnp.matmul(w, v[..., block, :]) for w, block in zip(weights, blocks, strict=True)) / total


def matmul_f32(x: jax.Array, w: jax.Array) -> jax.Array:
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
