"""jax.tree_util.tree_map_with_path over the target; the audit from sets of
names with their shapes.
"""

import jax
import jax.numpy as jnp
import numpy as np

COUNTER = "bn.num_batches_tracked"


def torch_name(path):
    *_, layer, leaf = path.split("/")
    if "blocks" in layer:
        layer = "blocks." + layer.removeprefix("blocks_")
    if leaf in ("mean", "var"):
        leaf = "running_" + leaf
    elif leaf != "bias":
        leaf = "weight"
    return layer + "." + leaf


def in_flax(path, array):
    return np.transpose(array, range(array.ndim)[::-1]) if path.endswith("kernel") else array


def joined(keys):
    return "/".join(key.key for key in keys)


def convert(state_dict, target):
    def fill(keys, old):
        path = joined(keys)
        return jnp.asarray(in_flax(path, state_dict[torch_name(path)]), old.dtype)

    return jax.tree_util.tree_map_with_path(fill, target)


def audit(state_dict, target):
    wanted = {joined(keys): leaf.shape for keys, leaf in jax.tree_util.tree_leaves_with_path(target)}
    names = {torch_name(path): path for path in wanted}
    missing = tuple(path for name, path in names.items() if name not in state_dict)
    unexpected = [name for name in state_dict if name not in names and name != COUNTER]
    if "head.weight" in unexpected and np.array_equal(state_dict["head.weight"], state_dict["embed.weight"]):
        unexpected.remove("head.weight")
    both = [(names[name], state_dict[name]) for name in state_dict if name in names]
    return missing, unexpected, [path for path, array in both if in_flax(path, array).shape != wanted[path]]
