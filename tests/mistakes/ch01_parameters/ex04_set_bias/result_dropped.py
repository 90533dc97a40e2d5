"""`bias.at[:].set(value)` gives back a new array, and it was not kept. Nothing in JAX changes an array where it is; put
the new one into the new dict.
"""

import copy


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new["params"][layer]["bias"].at[:].set(value)
    return new
