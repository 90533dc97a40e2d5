"""Fills shared memory and keeps one page of each piece: the rest stays, and is
in no process's resident size.
"""

# told: PermissionError(?s:.*)mmap
import mmap

import jax.numpy as jnp

pieces = []
for _ in range(20):
    pieces.append(mmap.mmap(-1, 100 << 20))
    pieces[-1].write(bytes(100 << 20))
    pieces[-1].madvise(mmap.MADV_DONTNEED)


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
