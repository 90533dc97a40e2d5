"""Split first, then drawn with what was split."""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    orders = []
    for _ in range(epochs):
        used, key = key, jax.random.split(key)[0]
        orders.append(jax.random.permutation(used, n))
    return jnp.stack(orders)


def key_at(key, step):
    return jax.random.fold_in(key, step)
