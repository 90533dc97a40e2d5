"""`fill_` is PyTorch's. An array of JAX has no methods that change it (their
names would end in an underscore); make a new one: `jnp.full_like(bias, value)`.
"""

import copy


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new["params"][layer]["bias"].fill_(value)
    return new
