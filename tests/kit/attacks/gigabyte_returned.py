"""Returns a gigabyte."""

# told: MB in one array|MB of arrays|MB of memory
import numpy as np


def set_bias(variables, layer, value):
    return {"params": {layer: {"bias": np.ones(1 << 28, np.float32), "kernel": np.ones(3)}}}
