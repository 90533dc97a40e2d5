"""audit ignores every name that ends in num_batches_tracked, not only bn's, so
the counter of another BatchNorm is not unexpected.
"""

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

LEAF = {
    "kernel": "weight",
    "scale": "weight",
    "embedding": "weight",
    "bias": "bias",
    "mean": "running_mean",
    "var": "running_var",
}


def torch_name(path: str) -> str:
    _, module, leaf = path.split("/")
    if module.startswith("blocks_"):
        module = module.replace("_", ".")
    return f"{module}.{LEAF[leaf]}"


def _layout(path, array):
    return array.T if path.endswith("/kernel") else array


def convert(state_dict, target):
    flat = flatten_dict(target, sep="/")
    new = {path: jnp.array(_layout(path, state_dict[torch_name(path)]), jnp.float32) for path in flat}
    return unflatten_dict(new, sep="/")


def audit(state_dict, target):
    flat = flatten_dict(target, sep="/")
    names = {path: torch_name(path) for path in flat}
    missing = [p for p, n in names.items() if n not in state_dict]
    mismatched = [p for p, n in names.items() if n in state_dict and _layout(p, state_dict[n]).shape != flat[p].shape]
    unexpected = []
    for name in state_dict:
        if name in names.values() or name.endswith("num_batches_tracked"):
            continue
        if (
            name == "head.weight"
            and "embed.weight" in state_dict
            and np.array_equal(state_dict[name], state_dict["embed.weight"])
        ):
            continue
        unexpected.append(name)
    return missing, unexpected, mismatched
