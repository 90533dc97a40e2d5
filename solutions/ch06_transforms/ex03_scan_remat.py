"""6.3 scan_remat: Equal layers in a scan, and what backward keeps

PyTorch loops over a ModuleList in Python. Under jax.jit such a loop is
unrolled: twelve blocks are traced and compiled one by one, though only their
weights differ. `jax.lax.scan` traces one block:

    last, ys = jax.lax.scan(step, first, xs)

    # the loop that it replaces; xs and ys have the steps along their first axis
    carry, ys = first, []
    for x in xs:
        carry, y = step(carry, x)
        ys.append(y)

The carry keeps its shape and dtype from step to step; here it is the
activations. xs may be a tree, and is sliced along the first axis of every
leaf. Here it is the params of the blocks, stacked as in 6.2, and each step
receives those of one block. A y can be anything, or None where nothing is to
be kept.

In the stacked tree a layer has a position, but no name. In Flax, blocks in a
list are called blocks_0, blocks_1, and so on. Go by these numbers, not by the
order of the dict: jax.tree.map and jax.jit return dicts whose keys are sorted
as text, blocks_0, blocks_1, blocks_10, blocks_11, blocks_2. Blocks in the
wrong order raise no error.

For the backward pass, all intermediate values of a block are kept.
`torch.utils.checkpoint.checkpoint(block, x)` runs a block and keeps only its
input; backward() runs the block once more. `jax.checkpoint(block)`, also
called `jax.remat`, does not call the block: it returns a function that works
this way. Around each block, it keeps the inputs of all blocks, and the
intermediate values of one block at a time. Around the whole network it is of
no use: when backward runs the network again, all intermediate values are in
memory at once.

For modules there are `nn.scan` and `nn.remat`, with two traps. With
split_rngs={"params": False}, a scan starts all its layers with the same
weights. And `nn.remat(nn.Dense)(3)` is called CheckpointDense_0, so weights
that were saved as Dense_0 do not fit; pass it a name=.

Write the three functions; each is checked by itself.

After 4.1, 6.1 and 6.2. About 20 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.lax.scan.html
"""

# --- PyTorch ---
import torch
from torch.utils.checkpoint import checkpoint


class TorchBlock(torch.nn.Module):
    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.up = torch.nn.Linear(width, hidden)
        self.down = torch.nn.Linear(hidden, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.down(torch.tanh(self.up(x)))


class TorchStack(torch.nn.Module):
    def __init__(self, layers: int, width: int, hidden: int):
        super().__init__()
        self.blocks = torch.nn.ModuleList(TorchBlock(width, hidden) for _ in range(layers))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The output of the last block, and the outputs of all blocks: (layers,
        batch, width).
        """
        outputs = []
        for block in self.blocks:
            x = block(x)
            outputs.append(x)
        return x, torch.stack(outputs)


def torch_forward_remat(model: TorchStack, x: torch.Tensor) -> torch.Tensor:
    """The output of the last block; backward() runs every block once more."""
    for block in model.blocks:
        x = checkpoint(block, x, use_reentrant=False)
    return x


# --- JAX ---
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def stack(params: dict[str, Any]) -> Any:
    """One tree like that of each block, in which each leaf has the layers along
    a new first axis, blocks_0 first.

    params: {"blocks_0": tree, "blocks_1": tree, ...}, in any order. All trees
        are nested dicts, none of them empty. They have the same string keys,
        even with slashes or dots in them, also in any order, and `jax.Array`s
        of the same shapes and dtypes. params must not change.
    """
    # <solution>
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)
    # </solution>


def forward_scan(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The output of the last block, and those of all blocks, as TorchStack
    returns them: float32 (batch, width) and (layers, batch, width).

    block(params, x): the output of one block, in the shape of x. It may look at
        the whole batch. It must be traced for all layers at once, not once per
        layer.
    stacked: the params of all blocks, as `stack` returns them; unchanged
        afterwards.
    x: float32 (batch, width), the input of the first block.
    Must also work under jax.grad and jax.jit.
    """

    # <solution>
    def step(x, params):
        x = block(params, x)
        return x, x  # the carry, and the output to keep

    return jax.lax.scan(step, x, stacked)
    # </solution>


def forward_remat(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> jax.Array:
    """The output of the last block, as `torch_forward_remat` computes it.

    For the backward pass, keep the inputs of the blocks, or fewer, and nothing
    that a block computes inside. The arguments are those of `forward_scan`. As
    there, block must be traced for all layers at once. Must also work under
    jax.grad and jax.jit.
    """
    # <solution>
    # prevent_cse=True keeps the compiler from sharing what both passes compute.
    # In a scan the passes are apart anyway.
    block = jax.checkpoint(block, prevent_cse=False)

    def step(x, params):
        return block(params, x), None

    last, _ = jax.lax.scan(step, x, stacked)
    return last
    # </solution>
