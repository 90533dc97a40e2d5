"""`key_at` goes from the first step to the one asked for, as PyTorch replays
draws. That takes longer with each step, and under `jax.jit` a Python loop
cannot run `step` times: the step has no value yet. `jax.random.fold_in(key,
step)` goes there directly.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    for _ in range(step + 1):
        key, sub = jax.random.split(key)
    return sub
