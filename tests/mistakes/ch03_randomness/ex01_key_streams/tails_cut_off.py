"""The normal numbers of `draw_pair` end too early: of 400,000 standard normal
numbers some lie below -4, and some above 4. Usually they are drawn with
`jax.random.truncated_normal`, or clipped. `jax.random.normal` has no bounds.
"""

import jax
import jax.numpy as jnp

FREE = {"BOUND": [2.0, 2.5, 4.0]}
BOUND = 3.0


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.truncated_normal(normal_key, -BOUND, BOUND, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
