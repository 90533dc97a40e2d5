"""Reads one byte of every 2 MB of a huge mapping: the page that is read is
nobody's, but the tables that lead to it are the kernel's memory.
"""

# slow: yes
# told: MB of memory|time limit
import mmap
import time

import jax.numpy as jnp
import numpy as np

size = 1 << 41
huge = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
np.frombuffer(huge, np.uint8)[:: 2 << 20].sum()
time.sleep(1)


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
