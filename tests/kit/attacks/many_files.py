"""Makes empty files until no inode is left."""

# slow: yes
# told: 2,000 files|time limit
import itertools
import os

import jax.numpy as jnp

for i in itertools.count():
    if i % 1000 == 0:
        os.mkdir(f"d{i}")
    os.close(os.open(f"d{i // 1000 * 1000}/{i}", os.O_CREAT))


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
