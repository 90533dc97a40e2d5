"""A table of patterns from PyTorch's names to Flax's paths, walked over the
state_dict.
"""

import re

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

RULES = [
    (r"embed\.weight", r"params/embed/embedding"),
    (r"blocks\.(\d+)\.weight", r"params/blocks_\1/kernel"),
    (r"blocks\.(\d+)\.bias", r"params/blocks_\1/bias"),
    (r"(bn|final_norm)\.weight", r"params/\1/scale"),
    (r"(conv|proj)\.weight", r"params/\1/kernel"),
    (r"(\w+)\.bias", r"params/\1/bias"),
    (r"bn\.running_(mean|var)", r"batch_stats/bn/\1"),
]
BACK = [
    (r"params/embed/embedding", r"embed.weight"),
    (r"params/blocks_(\d+)/kernel", r"blocks.\1.weight"),
    (r"params/blocks_(\d+)/bias", r"blocks.\1.bias"),
    (r"params/(\w+)/(?:kernel|scale)", r"\1.weight"),
    (r"params/(\w+)/bias", r"\1.bias"),
    (r"batch_stats/bn/(mean|var)", r"bn.running_\1"),
]


def translate(name, rules):
    for pattern, replacement in rules:
        if match := re.fullmatch(pattern, name):
            return match.expand(replacement)
    return None


def torch_name(path):
    return translate(path, BACK)


def translated(state_dict):
    flat, rest = {}, []
    for name, array in state_dict.items():
        path = translate(name, RULES)
        if path is None:
            rest.append(name)
        else:
            flat[path] = np.moveaxis(array, -1, 0) if array.ndim == 3 else array
            if path.endswith("kernel"):
                flat[path] = flat[path].swapaxes(-1, -2)
    return flat, rest


def convert(state_dict, target):
    flat, _ = translated(state_dict)
    return unflatten_dict({path: jnp.array(array) for path, array in flat.items()}, sep="/")


def audit(state_dict, target):
    flat, rest = translated(state_dict)
    wanted = flatten_dict(target, sep="/")
    extra = [translate(path, BACK) for path in flat.keys() - wanted.keys()]
    for name in rest:
        tied = name == "head.weight" and np.array_equal(state_dict[name], state_dict["embed.weight"])
        if name != "bn.num_batches_tracked" and not tied:
            extra.append(name)
    shapes = [path for path in flat.keys() & wanted.keys() if flat[path].shape != wanted[path].shape]
    return [*(wanted.keys() - flat.keys())], extra, shapes
