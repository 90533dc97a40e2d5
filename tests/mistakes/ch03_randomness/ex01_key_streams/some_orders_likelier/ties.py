import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.argsort(jax.random.randint(key, (epochs, n), 0, n * n), axis=1)


def key_at(key, step):
    return jax.random.fold_in(key, step)
