import jax


def set_bias(variables, layer, value):
    return jax.tree.map(lambda array: array * 0 + value, variables)
