"""Fills files that are in memory only: in no process's resident size, and in no
folder.
"""

# told: PermissionError.*(?s:.*)refused what graded code may not do: memfd_create
import os

import jax.numpy as jnp

files = [os.memfd_create("one") for _ in range(100)]
for file in files:
    os.write(file, bytes(60 << 20))


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
