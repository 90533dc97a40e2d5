"""The key of step 0 is the key itself. That one may be the key of a step of
another key: then step 0 of it repeats that step. Usually step 0 is left out of
what makes the keys. `jax.random.fold_in(key, 0)` is a new key too; let step 0
be like the others.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    step = jnp.asarray(step, jnp.int32)
    return jax.lax.cond(step == 0, lambda: key, lambda: jax.random.fold_in(key, step))
