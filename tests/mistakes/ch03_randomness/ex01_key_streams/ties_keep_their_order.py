"""Of many examples, `permutations` leaves more than half of the neighbors in
ascending order, or in descending order. Usually it sorts random numbers that
have too few values, such as small integers, bytes or numbers of half precision,
and equal ones keep the order of the examples. `jax.random.permutation(key, n)`
favors no order.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.argsort(jax.random.randint(key, (epochs, n), 0, n), axis=1)


def key_at(key, step):
    return jax.random.fold_in(key, step)
