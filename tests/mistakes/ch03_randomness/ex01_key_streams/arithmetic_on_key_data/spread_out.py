import jax
import jax.numpy as jnp

FREE = {"SPREAD": [1, 1000003]}
SPREAD = 0x9E3779B9


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    amount = jnp.uint32(SPREAD) * (jnp.uint32(step) + 1)
    return jax.random.wrap_key_data(jax.random.key_data(key) + amount)
