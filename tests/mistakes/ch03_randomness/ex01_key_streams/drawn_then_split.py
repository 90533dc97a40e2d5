"""`permutations` uses a key twice: it draws with a key that it also splits. The
orders may look right today; nothing promises that they are unrelated. Split
first: `key, sub = jax.random.split(key)`, draw with `sub`, and split `key` for
the next epoch.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    orders = []
    for _ in range(epochs):
        orders.append(jax.random.permutation(key, n))
        key, _ = jax.random.split(key)
    return jnp.stack(orders)


def key_at(key, step):
    return jax.random.fold_in(key, step)
