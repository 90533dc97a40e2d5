"""Keeps files that have no name and are not open: one page of each is
mapped.
"""

# told: MB of files
import mmap
import os
import time

import jax.numpy as jnp

pages = []
for _ in range(10):
    with open("one", "wb+", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, 60 << 20)
        pages.append(mmap.mmap(file.fileno(), 4096))
    os.unlink("one")
time.sleep(2)


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
