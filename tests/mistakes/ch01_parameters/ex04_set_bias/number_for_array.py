"""The bias became a Python number. It must stay an array of the same shape:
`jnp.full_like(bias, value)`. Broadcasting would hide this in NumPy; Flax checks
the shape of each parameter.
"""


def set_bias(variables, layer, value):
    params = variables["params"]
    return {**variables, "params": {**params, layer: {**params[layer], "bias": value}}}
