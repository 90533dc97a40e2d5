"""A chain of splits for the epochs, gathered with NumPy; a key made of random
bits.
"""

import jax
import jax.numpy as jnp
import numpy as np


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    orders = []
    for _ in range(epochs):
        key, sub = jax.random.split(key)
        orders.append(np.asarray(jax.random.permutation(sub, n)))
    return jnp.asarray(np.stack(orders))


def key_at(key, step):
    return jax.random.wrap_key_data(jax.random.bits(jax.random.fold_in(key, step), (2,), jnp.uint32))
