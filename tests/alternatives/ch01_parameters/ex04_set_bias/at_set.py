"""New dicts along the path, the leaf by `.at[].set`."""


def set_bias(variables, layer, value):
    params = dict(variables["params"])
    params[layer] = dict(params[layer])
    params[layer]["bias"] = params[layer]["bias"].at[...].set(value)
    return dict(variables) | {"params": params}
