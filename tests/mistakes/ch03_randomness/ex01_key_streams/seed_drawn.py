"""Of some hundred thousand steps, two have the same key. Usually a seed is
drawn for each step and made a key: an int has 31 or 32 bits, and a key has 64.
`jax.random.fold_in(key, step)` returns a whole key.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.key(jax.random.randint(jax.random.fold_in(key, step), (), 0, 2**31 - 1))
