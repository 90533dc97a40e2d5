"""Many numbers of `draw_pair` are equal, as there are few different values.
Usually they are drawn in half precision, and made float32 afterwards. Draw in
float32, which `jax.random.normal` and `jax.random.uniform` do by default.
"""

import jax
import jax.numpy as jnp

FREE = {"HALF": ["float16"]}
HALF = "bfloat16"


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    normal, uniform = jax.random.normal(normal_key, shape, HALF), jax.random.uniform(uniform_key, shape, HALF)
    return normal.astype(jnp.float32), uniform.astype(jnp.float32)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
