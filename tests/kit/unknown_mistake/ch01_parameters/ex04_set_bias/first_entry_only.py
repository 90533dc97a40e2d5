"""Only the first number of the bias is set."""

import copy


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new["params"][layer]["bias"] = new["params"][layer]["bias"].at[0].set(value)
    return new
