"""draw_pair makes one key per row, so the shape () raises IndexError."""

import jax
import jax.numpy as jnp


def draw_pair(key: jax.Array, shape: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
    key_n, key_u = jax.random.split(key)
    row = tuple(shape[1:])
    normal = jax.vmap(lambda k: jax.random.normal(k, row))(jax.random.split(key_n, shape[0]))
    uniform = jax.vmap(lambda k: jax.random.uniform(k, row))(jax.random.split(key_u, shape[0]))
    return normal, uniform


def permutations(key: jax.Array, epochs: int, n: int) -> jax.Array:
    keys = jax.random.split(key, epochs)
    return jax.vmap(lambda k: jax.random.permutation(k, n))(keys)


def key_at(key: jax.Array, step: int | jax.Array) -> jax.Array:
    step = jnp.asarray(step, jnp.uint32)
    return jax.random.fold_in(key, step)
