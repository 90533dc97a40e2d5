"""`draw_pair` raises an error for the shape (), which stands for a single
number. Usually the first size is read, `shape[0]`, to make a key for each row.
One key is enough for an array of any shape: `jax.random.normal(key, shape)`.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    def rows(draw, key):
        return jax.vmap(lambda k: draw(k, shape[1:]))(jax.random.split(key, shape[0]))

    normal_key, uniform_key = jax.random.split(key)
    return rows(jax.random.normal, normal_key), rows(jax.random.uniform, uniform_key)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
