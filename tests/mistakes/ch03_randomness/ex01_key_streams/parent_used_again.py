"""`draw_pair` uses a key twice: it draws with a key that is also split or
folded, and what was split is used up. Draw with the new keys alone. The numbers
may look right today; nothing promises that they are unrelated.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    sub = jax.random.split(key)[0]
    return jax.random.normal(key, shape), jax.random.uniform(sub, shape)


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
