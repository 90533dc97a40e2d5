"""Arrays are in places of other arrays, or do not fit there. Usually they are
taken in the order in which they come, and the leaves in that of `jax.tree`. The
two orders have nothing to do with one another: a tree's leaves are sorted by
key, bias before kernel. Fetch each array by its name.
"""

import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict

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
    left_out = ("bn.num_batches_tracked", "head.weight")
    arrays = [jnp.asarray(array.T) for name, array in state_dict.items() if name not in left_out]
    return jax.tree.unflatten(jax.tree.structure(target), arrays)


def audit(state_dict, target):
    wanted = flatten_dict(target, sep="/")
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
