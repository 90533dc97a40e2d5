"""Every name was turned into a path, known or not. The tree has then weights
that no module asks for, and Flax ignores them without a word. Allow the names
that you know, and raise ValueError for the rest.
"""

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict


def place(name, array):
    """The path of an entry in the tree, and its array as it is there."""
    *module, leaf = name.removeprefix("transformer.").split(".")
    if module[0] == "h":
        module = [f"h_{module[1]}", *module[2:]]
    if leaf == "bias":
        return (*module, "bias"), array
    if module[0] in ("wte", "wpe"):
        return (*module, "embedding"), array
    if array.ndim == 1:
        return (*module, "scale"), array
    return (*module, "kernel"), array.T


def port_gpt(state_dict):
    entries = {name.removeprefix("_orig_mod."): array for name, array in state_dict.items()}
    flat = {}
    for name, array in entries.items():
        if name.endswith(".attn.bias"):
            continue
        if name == "lm_head.weight":
            if not np.array_equal(array, entries["transformer.wte.weight"]):
                raise ValueError("lm_head is not tied to wte")
            continue
        path, array = place(name, array)
        flat[path] = jnp.asarray(array)
    return {"params": unflatten_dict(flat)}
