import jax
import jax.numpy as jnp

FREE = {"HALF": ["float16"]}
HALF = "bfloat16"


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.argsort(jax.random.uniform(key, (epochs, n), HALF), axis=1)


def key_at(key, step):
    return jax.random.fold_in(key, step)
