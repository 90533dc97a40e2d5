"""A chain of splits; all rows in one call; one more split after fold_in."""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    key, normal_key = jax.random.split(key)
    key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jax.random.permutation(key, jnp.tile(jnp.arange(n), (epochs, 1)), axis=1, independent=True)


def key_at(key, step):
    return jax.random.split(jax.random.fold_in(key, step))[0]
