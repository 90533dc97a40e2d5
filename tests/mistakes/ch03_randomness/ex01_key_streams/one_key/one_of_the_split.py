import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    key, _ = jax.random.split(key)
    return jax.random.normal(key, shape), jax.random.uniform(key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
