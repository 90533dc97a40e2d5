"""`permutations` sorts random numbers that have too few values: equal ones keep
the order of the examples, so in a large set many neighbors stay in ascending
order. Usually the numbers are random integers, bytes or of half precision.
`jax.random.permutation(key, n)` has no such ties.
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
