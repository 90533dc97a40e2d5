import copy


def set_bias(variables, layer, value):
    new = copy.deepcopy(variables)
    bias = new["params"][layer]["bias"]
    for i in range(bias.shape[0]):
        bias[i] = value
    return new
