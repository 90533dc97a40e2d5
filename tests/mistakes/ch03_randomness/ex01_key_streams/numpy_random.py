"""The numbers cannot be repeated from the key: they come from a generator that
moves with each call, such as NumPy's, and under `jax.jit` they would be drawn
once and stay the same. Draw with `jax.random` and the key.
"""

import jax
import jax.numpy as jnp
import numpy as np


def draw_pair(key, shape):
    normal, uniform = np.random.normal(size=shape), np.random.uniform(size=shape)
    return jnp.asarray(normal, jnp.float32), jnp.asarray(uniform, jnp.float32)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
