"""The normal and the uniform numbers of `draw_pair` have no correlation, but
one follows from the other, perhaps but for its sign. Usually the uniform
numbers that it returns have also made the normal ones, as in the method of Box
and Muller. Split the key, and draw each with a key of its own.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    radius_key, angle_key = jax.random.split(key)
    uniform = jax.random.uniform(radius_key, shape)
    angle = 2 * jnp.pi * jax.random.uniform(angle_key, shape)
    return jnp.sqrt(-2 * jnp.log1p(-uniform)) * jnp.cos(angle), uniform


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
