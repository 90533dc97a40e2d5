"""Some orders of few examples are drawn more often than others, or never.
Usually each place is swapped with a drawn one: one that is never the place
itself, or any of all n. Or random numbers are sorted that are equal now and
then. `jax.random.permutation(key, n)` gives each order as often.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def shuffle(key, n):
    def swap(i, row):
        j = jax.random.randint(jax.random.fold_in(key, i), (), 0, i)
        return row.at[i].set(row[j]).at[j].set(row[i])

    return jax.lax.fori_loop(1, n, swap, jnp.arange(n))


def permutations(key, epochs, n):
    return jnp.stack([shuffle(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
