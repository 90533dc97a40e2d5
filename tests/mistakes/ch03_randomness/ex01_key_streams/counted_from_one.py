"""The rows hold 1 to n; they are indices of examples, and those go from 0 to n
- 1. `jax.random.permutation(key, n)` gives these.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(k, n) + 1 for k in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
