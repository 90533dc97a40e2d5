import jax
import jax.numpy as jnp

FREE = {"BOUND": [2.0, 2.5, 4.0]}
BOUND = 3.0


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jnp.clip(jax.random.normal(normal_key, shape), -BOUND, BOUND), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
