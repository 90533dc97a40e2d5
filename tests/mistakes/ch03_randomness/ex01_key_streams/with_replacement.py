"""Some examples come twice in an epoch and others not at all. Numbers drawn one
by one, as by `randint`, do that. `jax.random.permutation(key, n)` gives each of
them once.
"""

import jax


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jax.random.randint(key, (epochs, n), 0, n)


def key_at(key, step):
    return jax.random.fold_in(key, step)
