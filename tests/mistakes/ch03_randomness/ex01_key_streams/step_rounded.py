"""Late steps that lie close together have the same key: those that float32
cannot tell apart, such as 10**9 and 10**9 + 1. The step went through a float on
its way. It is an integer, and `jax.random.fold_in(key, step)` takes it as it
is.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, jnp.asarray(step, jnp.float32).astype(jnp.uint32))
