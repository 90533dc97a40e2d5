"""audit asks for the shape of an entry that may be None, so a path that is
missing is mismatched too.
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
    missing = [path for path in flat if torch_name(path) not in state_dict]
    wanted = [torch_name(path) for path in flat] + ["bn.num_batches_tracked"]
    if np.array_equal(state_dict["head.weight"], state_dict["embed.weight"]):
        wanted.append("head.weight")
    mismatched = []
    for path, leaf in flat.items():
        shape = np.shape(state_dict.get(torch_name(path)))
        if path.endswith("/kernel"):
            shape = shape[::-1]
        if shape != leaf.shape:
            mismatched.append(path)
    return missing, [name for name in state_dict if name not in wanted], mismatched
