"""The result still has the old bias. Nothing in JAX changes an array where it
is: `bias.at[:].set(value)`, `bias + 1` and even `bias += 1` make a new array,
and `bias = new` gives it a name. It counts only if you put it into the new
dict.
"""

import copy


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new["params"][layer]["bias"].at[:].set(value)
    return new
