"""A method such as `fill_` was called on a JAX array. PyTorch has it; a JAX
array has no methods that change it. Make a new array: `jnp.full_like(bias,
value)`.
"""

import copy


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new["params"][layer]["bias"].fill_(value)
    return new
