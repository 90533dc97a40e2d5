"""Numbers folded in for the two draws and for the epochs; keys mapped over; the
step folded in twice.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.fold_in(key, 0), jax.random.fold_in(key, 1)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    def order(epoch):
        return jax.random.permutation(jax.random.fold_in(key, epoch), n)

    return jax.vmap(order)(jnp.arange(epochs))


def key_at(key, step):
    return jax.random.fold_in(jax.random.fold_in(key, 7), step)
