"""8.1 convert_state_dict: A whole state_dict, by name, and what does not fit

For two layers you can write down where each weight goes, as in 1.3. For many,
let the Flax model say what it needs. `flatten_dict(variables, sep="/")` of
flax.traverse_util turns nested dicts into one flat dict, and
`unflatten_dict(flat, sep="/")` turns it back. With FlaxNet's variables:

    path in Flax               name in PyTorch      the array is
    params/embed/embedding     embed.weight         the same
    params/conv/kernel         conv.weight          all axes reversed
    params/bn/scale            bn.weight            the same
    params/blocks_10/kernel    blocks.10.weight     transposed
    params/final_norm/scale    final_norm.weight    the same
    batch_stats/bn/mean        bn.running_mean      the same
    batch_stats/bn/var         bn.running_var       the same

Every bias is the same array and is called bias on both sides. A Conv1d's weight
is (out, in, width), Flax's kernel (width, in, out). So turn a path into a name,
walk over the paths, and fetch each array by its name. Do not rely on an order:
variables that have been through jax.jit have their keys sorted as text, with
blocks_10 before blocks_2. All blocks have the same shape, so swapped layers
raise no error.

Two entries of the state_dict have no path. `bn.num_batches_tracked` is a
counter that PyTorch does not compute with here. `head.weight` is tied: it is
the table of `embed.weight` once more. FlaxNet has that table once, and
`embed.attend(x)` multiplies by it.

`load_state_dict` reports what is missing, what is unexpected, and which sizes
do not match. Flax's `apply` ignores entries that it does not ask for. So write
`audit`, which reports all three. It must also report a head that is not tied,
because a trained head would be left behind.

An audit compares names and shapes, not numbers. A square kernel that was not
transposed passes it. That is why the checks compare outputs too.

Write the three functions.

After 1.3, 2.1 and 5.3. About 20 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.traverse_util.html
"""

# --- PyTorch ---
import torch


class TorchNet(torch.nn.Module):
    def __init__(self, vocab: int, channels: int, hidden: int, blocks: int):
        super().__init__()
        self.embed = torch.nn.Embedding(vocab, channels)
        self.conv = torch.nn.Conv1d(channels, hidden, 3, padding=1)
        self.bn = torch.nn.BatchNorm1d(hidden)
        self.blocks = torch.nn.ModuleList(torch.nn.Linear(hidden, hidden) for _ in range(blocks))
        self.final_norm = torch.nn.LayerNorm(hidden)
        self.proj = torch.nn.Linear(hidden, channels)
        self.head = torch.nn.Linear(channels, vocab, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """ids: (batch, time). Returns (batch, time, vocab)."""
        x = self.bn(self.conv(self.embed(ids).transpose(1, 2))).transpose(1, 2)
        for block in self.blocks:
            x = x + torch.tanh(block(x))
        return self.head(self.proj(self.final_norm(x)))


# --- JAX ---
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
    raise NotImplementedError("8.1 convert_state_dict: your code here")


def convert(state_dict: dict[str, np.ndarray], target: Any) -> Any:
    """Variables with the structure of `target` and PyTorch's numbers.

    state_dict: TorchNet's, float32, in any order; it fits.
    target: FlaxNet's variables as `init` returned them. Neither is changed.
    Returns float32 `jax.Array`s.
    """
    raise NotImplementedError("8.1 convert_state_dict: your code here")


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
    raise NotImplementedError("8.1 convert_state_dict: your code here")
