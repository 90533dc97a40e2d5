import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    n, *rest = shape
    keys = jax.random.split(key, (2, n))
    normal = jax.vmap(lambda k: jax.random.normal(k, rest))(keys[0])
    return normal, jax.vmap(lambda k: jax.random.uniform(k, rest))(keys[1])


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
