"""The axes of a kernel are permuted by their numbers, in audit too."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict


class FlaxNet(nn.Module):
    """TorchNet in eval mode. Only read it: the checks use a copy."""

    vocab: int
    channels: int
    hidden: int
    blocks: int

    @nn.compact
    def __call__(self, ids: jax.Array) -> jax.Array:
        embed = nn.Embed(self.vocab, self.channels, name="embed")
        x = nn.Conv(self.hidden, (3,), padding=1, name="conv")(embed(ids))
        x = nn.BatchNorm(use_running_average=True, name="bn")(x)
        for i in range(self.blocks):
            x = x + nn.tanh(nn.Dense(self.hidden, name=f"blocks_{i}")(x))
        x = nn.LayerNorm(epsilon=1e-5, name="final_norm")(x)
        return embed.attend(nn.Dense(self.channels, name="proj")(x))


def _layout(path: str, array: np.ndarray) -> np.ndarray:
    if path == "params/conv/kernel":
        return np.transpose(array, (2, 1, 0))
    if path.endswith("/kernel"):
        return np.transpose(array, (1, 0))
    return array


def torch_name(path: str) -> str:
    _, module, leaf = path.split("/")
    if module.startswith("blocks_"):
        module = module.replace("_", ".")
    leaf = {"kernel": "weight", "scale": "weight", "embedding": "weight", "mean": "running_mean", "var": "running_var"}.get(
        leaf, leaf
    )
    return f"{module}.{leaf}"


def convert(state_dict: dict[str, np.ndarray], target: Any) -> Any:
    out = {}
    for path in flatten_dict(target, sep="/"):
        out[path] = jnp.array(_layout(path, state_dict[torch_name(path)]))
    return unflatten_dict(out, sep="/")


def audit(state_dict: dict[str, np.ndarray], target: Any) -> tuple[list[str], list[str], list[str]]:
    flat = flatten_dict(target, sep="/")
    missing, mismatched, asked = [], [], set()
    for path, leaf in flat.items():
        name = torch_name(path)
        asked.add(name)
        if name not in state_dict:
            missing.append(path)
        else:
            w = state_dict[name]
            if _layout(path, w).shape != leaf.shape:
                mismatched.append(path)
    tied = np.array_equal(state_dict["head.weight"], state_dict["embed.weight"])
    unexpected = []
    for name in state_dict:
        if name in asked or name == "bn.num_batches_tracked":
            continue
        if name == "head.weight" and tied:
            continue
        unexpected.append(name)
    return missing, unexpected, mismatched
