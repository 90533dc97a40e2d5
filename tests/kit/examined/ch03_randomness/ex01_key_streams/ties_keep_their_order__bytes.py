"""permutations sorts random bytes; where two are equal, the examples keep their
ascending order.
"""

import jax
import jax.numpy as jnp


def draw_pair(key: jax.Array, shape: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
    return (
        jax.random.normal(jax.random.fold_in(key, 0), shape, jnp.float32),
        jax.random.uniform(jax.random.fold_in(key, 1), shape, jnp.float32),
    )


def permutations(key: jax.Array, epochs: int, n: int) -> jax.Array:
    # the cheapest random numbers: one byte each
    scores = jax.random.bits(key, (epochs, n), dtype=jnp.uint8)
    return jnp.argsort(scores, axis=-1).astype(jnp.int32)


def key_at(key: jax.Array, step: int | jax.Array) -> jax.Array:
    return jax.random.fold_in(key, step)
