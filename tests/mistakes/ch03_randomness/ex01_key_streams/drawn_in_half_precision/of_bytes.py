import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    uniform = jax.random.bits(uniform_key, shape, jnp.uint8) / jnp.float32(256)
    return jax.random.normal(normal_key, shape), uniform


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
