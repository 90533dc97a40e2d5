"""`audit` looks at "params" only: running statistics that are missing are not
noticed, and those that are there are unexpected to it. Both collections of
`target` need arrays.
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


def convert(state_dict, target):
    flat = {}
    for path in flatten_dict(target, sep="/"):
        array = state_dict[torch_name(path)]
        flat[path] = jnp.asarray(array.T if path.endswith("kernel") else array)
    return unflatten_dict(flat, sep="/")


def audit(state_dict, target):
    wanted = flatten_dict({"params": target["params"]}, sep="/")
    missing, mismatched, left = [], [], set(state_dict) - {"bn.num_batches_tracked"}
    for path, array in wanted.items():
        name = torch_name(path)
        left.discard(name)
        if name not in state_dict:
            missing.append(path)
            continue
        given = state_dict[name].T if path.endswith("kernel") else state_dict[name]
        if given.shape != array.shape:
            mismatched.append(path)
    if np.array_equal(state_dict["head.weight"], state_dict["embed.weight"]):
        left.discard("head.weight")
    return missing, sorted(left), mismatched
