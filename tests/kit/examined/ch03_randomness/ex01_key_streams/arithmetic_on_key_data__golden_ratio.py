"""key_at adds a multiple of step + 1 to the numbers in the key, so steps add up
where the key came from key_at.
"""

import jax
import jax.numpy as jnp


def draw_pair(key: jax.Array, shape: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
    return (
        jax.random.normal(jax.random.fold_in(key, 0), shape, jnp.float32),
        jax.random.uniform(jax.random.fold_in(key, 1), shape, jnp.float32),
    )


def permutations(key: jax.Array, epochs: int, n: int) -> jax.Array:
    return jnp.stack([jax.random.permutation(k, n) for k in jax.random.split(key, epochs)])


def key_at(key: jax.Array, step: int | jax.Array) -> jax.Array:
    data = jax.random.key_data(key)
    offset = (jnp.asarray(step).astype(jnp.uint32) + 1) * jnp.uint32(0x9E3779B9)
    return jax.random.wrap_key_data(data + offset, impl=jax.random.key_impl(key))
