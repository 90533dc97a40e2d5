"""`audit` calls the counter of BatchNorm, the tied head or both unexpected in a
state_dict that fits. A warning that is always there is soon not read any more.
Take the two out of the list, the head only where its numbers are the table's:
two arrays in memory may hold the same numbers.
"""

import jax.numpy as jnp
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
    wanted = flatten_dict(target, sep="/")
    missing, mismatched, left = [], [], set(state_dict)
    for path, array in wanted.items():
        name = torch_name(path)
        left.discard(name)
        if name not in state_dict:
            missing.append(path)
        elif layout(path, state_dict[name]).shape != array.shape:
            mismatched.append(path)
    return missing, sorted(left), mismatched
