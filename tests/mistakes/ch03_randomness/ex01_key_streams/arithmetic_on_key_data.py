"""Keys that should have nothing in common come out the same: step 2 of the key
of step 1 is the key of another step, or step 1 of the key of step 2, or a step
leads back to the key. Usually that is arithmetic with the numbers inside the
key. `jax.random.fold_in(key, step)` mixes the key and the step.
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
