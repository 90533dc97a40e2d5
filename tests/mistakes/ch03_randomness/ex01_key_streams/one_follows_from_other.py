"""The epochs have different orders, but each follows from the one before: the
same neighbors come together in all of them. That is so when one order is drawn
and rotated, reversed or counted on. Draw one for each epoch, with a key of its
own.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    order = jax.random.permutation(key, n)
    return jnp.stack([jnp.roll(order, epoch) for epoch in range(epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
