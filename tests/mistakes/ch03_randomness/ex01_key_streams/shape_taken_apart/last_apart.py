import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    features = shape[-1]
    rows = jnp.prod(jnp.array(shape[:-1], int)).item()
    normal = jax.random.normal(normal_key, (rows, features)).reshape(shape)
    return normal, jax.random.uniform(uniform_key, (rows, features)).reshape(shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
