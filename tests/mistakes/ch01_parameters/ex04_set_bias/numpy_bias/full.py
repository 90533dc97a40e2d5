import numpy as np


def set_bias(variables, layer, value):
    params = variables["params"]
    old = params[layer]["bias"]
    bias = np.full(old.shape, value, old.dtype)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
