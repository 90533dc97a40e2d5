def set_bias(variables, layer, value):
    params = variables["params"]
    bias = params[layer]["bias"]
    bias = bias - bias + value
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
