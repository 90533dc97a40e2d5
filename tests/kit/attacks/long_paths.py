"""Fills the disk where paths are longer than the system takes, in folders that
only their owner could open again.
"""

# slow: yes
# told: cannot be looked into|folders in one another
import os
import time

import jax.numpy as jnp

here = os.open(".", os.O_RDONLY)
for i in range(40):
    os.mkdir("d" * 250)
    os.chdir("d" * 250)
for i in range(10):
    with open(f"{i}", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 60 << 20)
os.fchdir(here)
os.mkdir("closed", mode=0)
time.sleep(2)


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
