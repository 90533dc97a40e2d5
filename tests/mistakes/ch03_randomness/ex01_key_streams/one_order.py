"""Every epoch has the same order. Usually each draws with the same key. Split
the key into one for each epoch, or fold the epoch's number into it.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(key, n) for _ in range(epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
