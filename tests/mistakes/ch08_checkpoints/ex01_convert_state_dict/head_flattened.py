"""A head.weight with the numbers of embed.weight in another shape counts as
tied. Usually both are flattened before they are compared. Such a head is not
tied: compare with `np.array_equal`, which is False for arrays of different
shapes.
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
    wanted = flatten_dict(target, sep="/")
    missing, mismatched, left = [], [], set(state_dict) - {"bn.num_batches_tracked"}
    for path, array in wanted.items():
        name = torch_name(path)
        left.discard(name)
        if name not in state_dict:
            missing.append(path)
        elif layout(path, state_dict[name]).shape != array.shape:
            mismatched.append(path)
    if np.array_equal(state_dict["head.weight"].ravel(), state_dict["embed.weight"].ravel()):
        left.discard("head.weight")
    return missing, sorted(left), mismatched
