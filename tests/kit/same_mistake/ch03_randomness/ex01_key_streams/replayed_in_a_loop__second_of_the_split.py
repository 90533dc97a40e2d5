"""The chain goes on with one key, the other is given."""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    def split_again(_, keys):
        return tuple(jax.random.split(keys[0]))

    return jax.lax.fori_loop(0, step + 1, split_again, (key, key))[1]
