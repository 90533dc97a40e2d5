import jax
import jax.numpy as jnp
import numpy as np


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jnp.asarray(np.random.permutation(n), jnp.int32) for _ in range(epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
