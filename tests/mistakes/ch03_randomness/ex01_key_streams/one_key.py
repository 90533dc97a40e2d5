"""Both draws of `draw_pair` are made of the same random bits: where one number
is large, so is the other. That is one key for two draws. Split the key first,
and give each draw one of the two.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    return jax.random.normal(key, shape), jax.random.uniform(key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
