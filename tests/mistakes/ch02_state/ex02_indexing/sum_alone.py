"""What `add_at` returns is what was to be added: x itself is missing. Usually
the values are summed by row, as by `jax.ops.segment_sum`, and x is not added to
that. `x.at[indices].add(values)` begins with x.
"""

import jax
import jax.numpy as jnp


def add_at(x, indices, values):
    return jax.ops.segment_sum(values, indices, num_segments=x.shape[0])


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.mean(x, where=mask)
