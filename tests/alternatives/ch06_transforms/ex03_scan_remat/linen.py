"""`nn.scan` and `nn.remat` around a module that runs block with the params
that it is given.
"""

from collections.abc import Callable
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class Block(nn.Module):
    block: Callable[[Any, jax.Array], jax.Array]

    def __call__(self, x: jax.Array, params: Any) -> tuple[jax.Array, jax.Array]:
        x = self.block(params, x)
        return x, x


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    return nn.scan(Block, variable_broadcast="params", split_rngs={})(block).apply({}, x, stacked)


def forward_remat(block, stacked, x):
    return nn.scan(nn.remat(Block), variable_broadcast="params", split_rngs={})(block).apply({}, x, stacked)[0]
