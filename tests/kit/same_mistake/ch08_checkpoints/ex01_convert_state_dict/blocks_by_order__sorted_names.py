"""Blocks in the order of their numbers, layers in the order of their sorted
names.
"""

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict

WEIGHTS = ("kernel", "scale", "embedding")


def torch_name(path):
    collection, layer, leaf = path.split("/")
    if collection == "batch_stats":
        return f"{layer}.running_{leaf}"
    name = "weight" if leaf in WEIGHTS else leaf
    return f"blocks.{layer[7:]}.{name}" if layer.startswith("blocks_") else f"{layer}.{name}"


def convert(state_dict, target):
    params = {}
    for layer in ("embed", "conv", "bn", "final_norm", "proj"):
        params[layer] = {}
        for leaf in target["params"][layer]:
            array = state_dict[torch_name(f"params/{layer}/{leaf}")]
            params[layer][leaf] = jnp.asarray(array.T if leaf == "kernel" else array)
    layers = sorted(set(target["params"]) - set(params))
    for i, layer in enumerate(layers):
        weight, bias = state_dict[f"blocks.{i}.weight"], state_dict[f"blocks.{i}.bias"]
        params[layer] = {"kernel": jnp.asarray(weight.T), "bias": jnp.asarray(bias)}
    stats = {leaf: jnp.asarray(state_dict[f"bn.running_{leaf}"]) for leaf in ("mean", "var")}
    return {"params": params, "batch_stats": {"bn": stats}}


def audit(state_dict, target):
    wanted = {path: a.shape for path, a in flatten_dict(target, sep="/").items()}
    given = {path: state_dict.get(torch_name(path)) for path in wanted}
    missing = [path for path in wanted if given[path] is None]
    shapes = {path: (a.T if "kernel" in path else a).shape for path, a in given.items() if a is not None}
    extra = set(state_dict) - set(map(torch_name, wanted)) - {"bn.num_batches_tracked"}
    if np.array_equal(state_dict["head.weight"], state_dict["embed.weight"]):
        extra -= {"head.weight"}
    return missing, list(extra), [path for path in shapes if shapes[path] != wanted[path]]
