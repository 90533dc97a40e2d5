import jax
import jax.numpy as jnp

FREE = {"FACTOR": [1_000_003]}
FACTOR = 1000


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    seed = jax.random.key_data(key)[1]
    return jax.random.key(seed * FACTOR + step + 1)
