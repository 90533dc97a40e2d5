"""A recursion that writes where it finds the layer."""

import jax.numpy as jnp


def fill(tree, path, value):
    head, *rest = path
    if rest:
        fill(tree[head], rest, value)
    else:
        tree[head] = jnp.full_like(tree[head], fill_value=value)


def set_bias(variables, layer, value):
    fill(variables, ["params", layer, "bias"], value)
    return variables
