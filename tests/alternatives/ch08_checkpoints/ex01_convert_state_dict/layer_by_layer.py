"""One layer after the other, each by its kind; the target is asked which layers
there are.
"""

import jax.numpy as jnp
import numpy as np
from flax.core import freeze


def torch_name(path):
    collection, layer, leaf = path.split("/")
    head, number = (layer[:6], layer[7:]) if layer[:7] == "blocks_" else (layer, "")
    names = [head, number] if number else [head]
    if collection == "batch_stats":
        names.append({"mean": "running_mean", "var": "running_var"}[leaf])
    else:
        names.append("bias" if leaf == "bias" else "weight")
    return ".".join(names)


def dense(state_dict, name):
    return {"kernel": jnp.asarray(state_dict[f"{name}.weight"]).T, "bias": jnp.asarray(state_dict[f"{name}.bias"])}


def norm(state_dict, name):
    return {"scale": jnp.asarray(state_dict[f"{name}.weight"]), "bias": jnp.asarray(state_dict[f"{name}.bias"])}


def convert(state_dict, target):
    conv = jnp.einsum("oiw->wio", state_dict["conv.weight"])
    params = {
        "embed": {"embedding": jnp.asarray(state_dict["embed.weight"])},
        "conv": {"kernel": conv, "bias": jnp.asarray(state_dict["conv.bias"])},
        "bn": norm(state_dict, "bn"),
        "final_norm": norm(state_dict, "final_norm"),
        "proj": dense(state_dict, "proj"),
    }
    for i in range(len(target["params"]) - len(params)):
        params[f"blocks_{i}"] = dense(state_dict, f"blocks.{i}")
    mean, var = state_dict["bn.running_mean"], state_dict["bn.running_var"]
    return freeze({"params": params, "batch_stats": {"bn": {"mean": jnp.asarray(mean), "var": jnp.asarray(var)}}})


def audit(state_dict, target):
    missing, mismatched, used = [], [], {"bn.num_batches_tracked"}
    for collection in target:
        for layer in target[collection]:
            for leaf, array in target[collection][layer].items():
                path = f"{collection}/{layer}/{leaf}"
                used.add(torch_name(path))
                try:
                    shape = np.shape(state_dict[torch_name(path)])
                except KeyError:
                    missing += [path]
                    continue
                if (shape[::-1] if leaf == "kernel" else shape) != array.shape:
                    mismatched += [path]
    unexpected = []
    for name in sorted(state_dict):
        same = name == "head.weight" and state_dict[name].tolist() == state_dict["embed.weight"].tolist()
        if name not in used and not same:
            unexpected += [name]
    return [missing, unexpected, mismatched]
