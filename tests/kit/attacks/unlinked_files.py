"""Fills files that have no name any more, and that no walk through a folder
finds.
"""

# told: MB of files
import os
import tempfile
import time

import jax.numpy as jnp

files = []
for _ in range(10):
    files.append(tempfile.TemporaryFile(dir=os.getcwd(), buffering=0))
    os.posix_fallocate(files[-1].fileno(), 0, 60 << 20)
time.sleep(2)


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
