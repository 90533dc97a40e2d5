"""`key_at` returns the numbers inside a key, two of uint32. Older code has keys
like that, from `jax.random.PRNGKey`. What `jax.random.key`, `split` and
`fold_in` return is a key of shape (); return it as it is, without `key_data`.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.key_data(jax.random.fold_in(key, step))
