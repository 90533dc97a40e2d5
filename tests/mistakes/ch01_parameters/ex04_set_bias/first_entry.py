"""Only the first number of the bias is `value`; the others are the old ones.
Usually that is `bias.at[0].set(value)`, which sets one entry. `fill_` sets all:
`bias.at[:].set(value)`, or `jnp.full_like(bias, value)`.
"""


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = params[layer]["bias"].at[0].set(value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
