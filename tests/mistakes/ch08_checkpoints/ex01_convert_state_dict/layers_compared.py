"""`audit` does not list embed.bias and blocks.3.weight_g, although no path in
target asks for them. Usually the names of the layers alone are compared, and
those are in `target`. Compare whole names: the `torch_name` of each path.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict


class FlaxNet(nn.Module):
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


LEAVES = {
    "embedding": "weight",
    "kernel": "weight",
    "scale": "weight",
    "bias": "bias",
    "mean": "running_mean",
    "var": "running_var",
}


def to_flax(path: str, array: np.ndarray) -> np.ndarray:
    return array.T if path.endswith("/kernel") else array


def torch_name(path: str) -> str:
    _, module, leaf = path.split("/")
    if module.startswith("blocks_"):
        module = "blocks." + module.removeprefix("blocks_")
    return f"{module}.{LEAVES[leaf]}"


def convert(state_dict: dict[str, np.ndarray], target: Any) -> Any:
    flat = flatten_dict(target, sep="/")
    arrays = {path: jnp.array(to_flax(path, state_dict[torch_name(path)])) for path in flat}
    return unflatten_dict(arrays, sep="/")


def audit(state_dict: dict[str, np.ndarray], target: Any) -> tuple[list[str], list[str], list[str]]:
    flat = flatten_dict(target, sep="/")
    names = {path: torch_name(path) for path in flat}
    wanted = {name.rpartition(".")[0] for name in names.values()}
    head, embed = state_dict["head.weight"], state_dict["embed.weight"]
    tied = head.shape == embed.shape and bool((head == embed).all())
    missing = [path for path, name in names.items() if name not in state_dict]
    unexpected = []
    for name in state_dict:
        if name.rpartition(".")[0] in wanted or name == "bn.num_batches_tracked":
            continue
        if name == "head.weight" and tied:
            continue
        unexpected.append(name)
    mismatched = []
    for path, name in names.items():
        if name in state_dict:
            array = to_flax(path, state_dict[name])
            if array.shape != flat[path].shape:
                mismatched.append(path)
    return missing, unexpected, mismatched
