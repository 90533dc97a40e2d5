"""draw_pair draws from a normal distribution that is cut off at -3 and 3."""

import jax
import jax.numpy as jnp


def draw_pair(key: jax.Array, shape: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
    kn, ku = jax.random.split(key)
    # no outliers
    return jax.random.truncated_normal(kn, -3.0, 3.0, shape), jax.random.uniform(ku, shape)


def permutations(key: jax.Array, epochs: int, n: int) -> jax.Array:
    rows = jnp.broadcast_to(jnp.arange(n, dtype=jnp.int32), (epochs, n))
    return jax.random.permutation(key, rows, axis=1, independent=True)


def key_at(key: jax.Array, step: int | jax.Array) -> jax.Array:
    step = jnp.asarray(step, jnp.uint32)
    return jax.random.fold_in(key, step)
