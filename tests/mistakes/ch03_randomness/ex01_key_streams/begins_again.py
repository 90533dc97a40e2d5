"""`key_at` splits the key into a fixed number of keys and counts through them
again and again: after the last key, the steps have the first ones a second
time. `jax.random.fold_in(key, step)` has a key for every step.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.split(key, 10000)[step % 10000]
