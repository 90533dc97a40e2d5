"""The rows are parts of one order of epochs * n numbers, so that a row lacks
most of the examples. Each epoch needs an order of 0, 1, ..., n - 1 of its own:
one `jax.random.permutation(k, n)` per epoch, each with its own key.
"""

import jax


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jax.random.permutation(key, epochs * n).reshape(epochs, n)


def key_at(key, step):
    return jax.random.fold_in(key, step)
