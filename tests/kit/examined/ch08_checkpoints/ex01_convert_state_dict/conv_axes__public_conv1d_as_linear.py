"""Only weights with four axes are treated as convolutions; a Conv1d's falls
through and is left as it is. From huggingface/transformers pull requests #15519
and #15540 (there `.T` of three axes happened to be right).
"""

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

LAST = {
    "kernel": "weight",
    "embedding": "weight",
    "scale": "weight",
    "bias": "bias",
    "mean": "running_mean",
    "var": "running_var",
}


def torch_name(path):
    _, *middle, last = path.split("/")
    names = [m.replace("blocks_", "blocks.") for m in middle]
    return ".".join([*names, LAST[last]])


def _layout(path, w):
    if path.endswith("kernel") and w.ndim == 4:
        return w.transpose(2, 3, 1, 0)
    if path.endswith("kernel"):
        return np.swapaxes(w, -1, -2)
    return w


def convert(state_dict, target):
    flat = flatten_dict(target, sep="/")
    return unflatten_dict({p: jnp.asarray(_layout(p, np.asarray(state_dict[torch_name(p)]))) for p in flat}, sep="/")


def audit(state_dict, target):
    flat = flatten_dict(target, sep="/")
    wanted = {torch_name(p): p for p in flat}
    missing = [p for n, p in wanted.items() if n not in state_dict]
    unexpected = []
    for n in state_dict:
        if n in wanted or n == "bn.num_batches_tracked":
            continue
        tied = n == "head.weight" and "embed.weight" in state_dict and np.array_equal(state_dict[n], state_dict["embed.weight"])
        if not tied:
            unexpected.append(n)
    mismatched = [
        p for n, p in wanted.items() if n in state_dict and _layout(p, np.asarray(state_dict[n])).shape != flat[p].shape
    ]
    return missing, unexpected, mismatched
