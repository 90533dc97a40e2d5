"""The key's raw uint32 data is returned and not a key as jax.random.key makes
it.
"""

import jax


def draw_pair(key, shape):
    a, b = jax.random.split(key)
    return jax.random.normal(a, shape), jax.random.uniform(b, shape)


def permutations(key, epochs, n):
    keys = jax.random.split(key, epochs)
    return jax.vmap(lambda k: jax.random.permutation(k, n))(keys)


def key_at(key, step):
    return jax.random.key_data(jax.random.fold_in(key, step))
