"""After some number of steps the keys come again: late steps have the keys of
early ones. Usually the key is split into a fixed number of keys, and the step
is taken modulo that, or the step is made an integer of 16 bits.
`jax.random.fold_in(key, step)` has a key for every step.
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
