"""audit takes the head for tied only if it is the same array in memory, which
the arrays of a state_dict no longer are.
"""

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

LEAVES = {
    "kernel": "weight",
    "scale": "weight",
    "embedding": "weight",
    "bias": "bias",
    "mean": "running_mean",
    "var": "running_var",
}


def torch_name(path):
    _, layer, leaf = path.split("/")
    if layer.startswith("blocks_"):
        layer = layer.replace("_", ".")
    return f"{layer}.{LEAVES[leaf]}"


def layout(path, array):
    return array.T if path.endswith("kernel") else array


def convert(state_dict, target):
    flat = {}
    for path in flatten_dict(target, sep="/"):
        flat[path] = jnp.asarray(layout(path, state_dict[torch_name(path)]))
    return unflatten_dict(flat, sep="/")


def audit(state_dict, target):
    flat = flatten_dict(target, sep="/")
    names = {torch_name(path): path for path in flat}
    unexpected = [name for name in state_dict if name not in names and name != "bn.num_batches_tracked"]
    if np.shares_memory(state_dict["head.weight"], state_dict["embed.weight"]):
        unexpected.remove("head.weight")
    missing = [path for name, path in names.items() if name not in state_dict]
    mismatched = [
        path for name, path in names.items() if name in state_dict and layout(path, state_dict[name]).shape != flat[path].shape
    ]
    return missing, unexpected, mismatched
