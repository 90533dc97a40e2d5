"""Two keys that have one of their two numbers in common have the same keys at
all steps. Usually one number is taken out of `jax.random.key_data(key)` as a
seed. It is the whole seed of `jax.random.key(seed)`, but half of a key that
`split` or `fold_in` returned. `jax.random.fold_in(key, step)` uses all of the
key.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(jax.random.key(jax.random.key_data(key)[1]), step)
