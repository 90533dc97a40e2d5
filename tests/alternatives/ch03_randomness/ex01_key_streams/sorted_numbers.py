"""One draw cut in two halves; the order of random numbers; fold_in."""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    bits = jax.random.uniform(key, (2, *shape), minval=1e-7)
    return jax.scipy.stats.norm.ppf(bits[0]), bits[1]


def permutations(key, epochs, n):
    return jnp.argsort(jax.random.uniform(key, (epochs, n)), axis=1)


def key_at(key, step):
    return jax.random.fold_in(key, step)
