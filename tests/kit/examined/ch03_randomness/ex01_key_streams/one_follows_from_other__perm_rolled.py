"""One order is drawn and rotated by one for each epoch."""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    a, b = jax.random.split(key)
    return jax.random.normal(a, shape), jax.random.uniform(b, shape)


def permutations(key, epochs, n):
    order = jax.random.permutation(key, n)
    return jnp.stack([jnp.roll(order, e) for e in range(epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
