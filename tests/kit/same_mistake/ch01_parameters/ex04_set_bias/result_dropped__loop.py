"""`.at[i].set` in a loop, each result thrown away."""

import jax


def set_bias(variables, layer, value):
    fresh = jax.tree.map(lambda a: a, variables)
    bias = fresh["params"][layer]["bias"]
    for i in range(0, bias.shape[0], 64):
        bias.at[i].set(value)
    return fresh
