"""With a slash, a dot, a quote or a plus in a layer's name, the answer is
wrong: no bias is filled, or a different one too, or arrays leave their place.
Usually the paths were joined to strings, and compared or split again, or the
name was stripped or taken as a pattern. Keep paths as tuples:
`flatten_dict(variables)` without `sep`, and the path ("params", layer, "bias").
"""

import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict


def set_bias(variables, layer, value):
    flat = flatten_dict(variables, sep="/")
    path = f"params/{layer}/bias"
    flat[path] = jnp.full_like(flat[path], value)
    return unflatten_dict(flat, sep="/")
