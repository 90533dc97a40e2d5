"""A FrozenDict comes back with its old bias, and no error is raised; a plain
dict is right. Usually the code asks `isinstance(node, dict)`, and a FrozenDict
is not a dict but a Mapping. Ask for `collections.abc.Mapping`, or look up
`variables["params"][layer]["bias"]`, which works in both.
"""

import jax.numpy as jnp


def set_bias(variables, layer, value):
    def rebuilt(node, path=()):
        if isinstance(node, dict):
            return {key: rebuilt(node[key], (*path, key)) for key in node}
        return jnp.full_like(node, value) if path == ("params", layer, "bias") else node

    return rebuilt(variables)
