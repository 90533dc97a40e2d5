import copy


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    new["params"][layer]["bias"].fill(value)
    return new
