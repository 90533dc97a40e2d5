"""The numbers are 1 to n and not 0 to n - 1."""

import jax


def draw_pair(key, shape):
    a, b = jax.random.split(key)
    return jax.random.normal(a, shape), jax.random.uniform(b, shape)


def permutations(key, epochs, n):
    keys = jax.random.split(key, epochs)
    return jax.vmap(lambda k: jax.random.permutation(k, n) + 1)(keys)


def key_at(key, step):
    return jax.random.fold_in(key, step)
