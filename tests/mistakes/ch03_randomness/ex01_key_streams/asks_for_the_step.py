"""`key_at` asks Python what the step is, with an `if` or `int(...)`. Under
`jax.jit` the step is a tracer and has no value yet, so JAX raises an error.
`jax.random.fold_in(key, step)` needs no value, and step 0 no case of its own.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    if step == 0:
        return jax.random.split(key)[0]
    return jax.random.fold_in(key, step)
