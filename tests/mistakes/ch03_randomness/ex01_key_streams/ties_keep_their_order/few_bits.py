import jax
import jax.numpy as jnp

FREE = {"BITS": ["uint16"]}
BITS = "uint8"


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jnp.argsort(jax.random.bits(k, (n,), BITS)) for k in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
