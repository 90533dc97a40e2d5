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


def torch_name(path: str) -> str:
    """PyTorch's name for the entry at `path` of FlaxNet's variables.

    torch_name("params/blocks_10/kernel") is "blocks.10.weight".
    """
    _, layer, leaf = path.split("/")
    if layer.startswith("blocks_"):
        layer = layer.replace("_", ".")
    if leaf in ("embedding", "kernel", "scale"):
        leaf = "weight"
    elif leaf in ("mean", "var"):
        leaf = "running_" + leaf
    return f"{layer}.{leaf}"


def to_flax(path: str, array: np.ndarray) -> np.ndarray:
    """`array` of PyTorch in Flax's layout."""
    return array.T if path.endswith("/kernel") else array


def convert(state_dict: dict[str, np.ndarray], target: Any) -> Any:
    """Variables with the structure of `target` and PyTorch's numbers.

    state_dict: TorchNet's, float32, in any order; it fits.
    target: FlaxNet's variables as `init` returned them. Neither is changed.
    Returns float32 `jax.Array`s.
    """
    flat = {}
    for path in flatten_dict(target, sep="/"):
        flat[path] = jnp.array(to_flax(path, state_dict[torch_name(path)]))
    return unflatten_dict(flat, sep="/")


def audit(state_dict: dict[str, np.ndarray], target: Any) -> tuple[list[str], list[str], list[str]]:
    """(missing, unexpected, mismatched), three lists of str in any order.

    state_dict: need not fit, but has "embed.weight" and "head.weight". Neither
        it nor target is changed.
    missing: the paths in target whose entry state_dict does not have.
    unexpected: the names in state_dict that no path in target asks for, except
        "bn.num_batches_tracked", and except "head.weight" if it is equal to
        "embed.weight" in its shape and in every number.
    mismatched: the paths whose entry, in Flax's layout, has a different shape
        than in target.
    """
    flat = flatten_dict(target, sep="/")
    missing = [path for path in flat if torch_name(path) not in state_dict]
    known = {torch_name(path) for path in flat} | {"bn.num_batches_tracked"}
    if np.array_equal(state_dict["head.weight"].ravel(), state_dict["embed.weight"].ravel()):
        known.add("head.weight")
    unexpected = [name for name in state_dict if name not in known]
    mismatched = []
    for path, leaf in flat.items():
        if torch_name(path) in state_dict and to_flax(path, state_dict[torch_name(path)]).shape != leaf.shape:
            mismatched.append(path)
    return missing, unexpected, mismatched
