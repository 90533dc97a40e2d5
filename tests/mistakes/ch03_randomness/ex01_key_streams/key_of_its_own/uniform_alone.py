import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    return jax.random.normal(key, shape), jax.random.uniform(jax.random.key(1), shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
