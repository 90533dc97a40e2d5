import jax
import jax.numpy as jnp
import numpy as np


def draw_pair(key, shape):
    generator = np.random.default_rng()
    return jnp.asarray(generator.normal(size=shape), jnp.float32), jnp.asarray(generator.random(shape), jnp.float32)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
