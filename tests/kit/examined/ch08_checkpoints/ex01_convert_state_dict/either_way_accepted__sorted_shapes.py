"""audit compares sorted shapes, because the layouts differ only in the order of
the axes.
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
    missing, mismatched = [], []
    for path, leaf in flat.items():
        entry = state_dict.get(torch_name(path))
        if entry is None:
            missing.append(path)
        elif sorted(entry.shape) != sorted(leaf.shape):
            mismatched.append(path)
    known = [torch_name(path) for path in flat] + ["bn.num_batches_tracked", "head.weight"]
    unexpected = [name for name in state_dict if name not in known]
    if not np.array_equal(state_dict["head.weight"], state_dict["embed.weight"]):
        unexpected.append("head.weight")
    return missing, unexpected, mismatched
