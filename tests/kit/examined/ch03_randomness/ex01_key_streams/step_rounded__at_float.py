"""The step goes through float32, where large numbers that lie close together
are the same: 10**9 and 10**9 - 1.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    a, b = jax.random.split(key)
    return jax.random.normal(a, shape), jax.random.uniform(b, shape)


def permutations(key, epochs, n):
    keys = jax.random.split(key, epochs)
    return jax.vmap(lambda k: jax.random.permutation(k, n))(keys)


def key_at(key, step):
    return jax.random.fold_in(key, jnp.asarray(step, jnp.float32).astype(jnp.uint32))
