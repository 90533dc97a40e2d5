"""`key_at` runs a loop until it reaches the step, so that a late step takes
long, as the replayed draws in PyTorch do. `jax.random.fold_in(key, step)` goes
there directly.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.lax.fori_loop(0, step, lambda _, k: jax.random.split(k)[0], key)
