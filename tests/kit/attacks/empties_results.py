"""Empties the results, by `truncate` and by a way of opening that asks neither
to read nor to write: Landlock sees to that only since its third version.
"""

# told: PermissionError(?s:.*)truncate, openat
import contextlib
import os

import jax.numpy as jnp

done = 0
for name in ("../../grades.csv", "../../cohort.json"):
    with contextlib.suppress(OSError):
        os.truncate(name, 0)
        done += 1
    with contextlib.suppress(OSError):
        os.close(os.open(name, os.O_TRUNC | 3))
        done += 1
if not done:
    raise PermissionError


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
