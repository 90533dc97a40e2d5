"""`masked_mean` is right for few elements and wrong for many. Usually the true
elements of the mask are counted in 16 bits: float16 has 2049 no more and ends
at 65504, int16 ends at 32767. `mask.sum()` counts in int32.
"""

import jax.numpy as jnp

FREE = {"DTYPE": ["bfloat16", "int16", "uint8"]}
DTYPE = "float16"


def add_at(x, indices, values):
    return x.at[indices].add(values)


def rows(table, indices):
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x, mask):
    return jnp.where(mask, x, 0).sum() / mask.sum(dtype=DTYPE)
