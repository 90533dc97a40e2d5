"""x cannot be used after `add_at`: its memory was given away. Usually a jitted
helper donates it, with donate_argnums. The caller of `add_at` still has x, so
leave the donation out; who calls a function last may donate.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, donate_argnums=0)
def add(x, indices, values):
    return x.at[indices].add(values)


def add_at(x, indices, values):
    return add(x, indices, values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
