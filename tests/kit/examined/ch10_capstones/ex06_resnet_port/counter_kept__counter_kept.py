"""port puts num_batches_tracked into "batch_stats" too; Flax's apply ignores
it, but the tree has entries that init's has not.
"""

import re
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util


class Block(nn.Module):
    channels: int
    stride: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        identity = x
        out = nn.Conv(self.channels, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        out = nn.BatchNorm(True, name="bn1")(out)
        out = nn.relu(out)
        out = nn.Conv(self.channels, (3, 3), 1, padding=1, use_bias=False, name="conv2")(out)
        out = nn.BatchNorm(True, name="bn2")(out)
        if self.stride != 1 or x.shape[3] != self.channels:
            identity = nn.Conv(self.channels, (1, 1), self.stride, use_bias=False, name="down0")(x)
            identity = nn.BatchNorm(True, name="down1")(identity)
        out += identity
        return nn.relu(out)


class ResNet(nn.Module):
    blocks: tuple[tuple[int, int], ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        out = nn.Conv(6, (7, 7), 2, padding=3, use_bias=False, name="conv1")(x)
        out = nn.relu(nn.BatchNorm(True, name="bn1")(out))
        out = nn.max_pool(out, (3, 3), (2, 2), ((1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            out = Block(channels, stride, name=f"block{i}")(out)
        out = out.reshape(out.shape[0], -1, out.shape[-1]).mean(axis=1)
        return nn.Dense(self.classes, name="fc")(out)


def port(state_dict: dict[str, np.ndarray]) -> Any:
    params, stats = {}, {}
    for name, value in state_dict.items():
        name = re.sub(r"^layers\.(\d+)\.", r"block\1.", name)
        name = re.sub(r"downsample\.(\d)", r"down\1", name)
        *path, leaf = name.split(".")
        if leaf in ("weight", "bias"):
            if value.ndim == 4:
                params[(*path, "kernel")] = jnp.asarray(value.transpose(2, 3, 1, 0))
            elif value.ndim == 2:
                params[(*path, "kernel")] = jnp.asarray(value.T)
            else:
                params[(*path, "bias" if leaf == "bias" else "scale")] = jnp.asarray(value)
        else:
            # everything that is not a parameter is a buffer
            stats[(*path, leaf.replace("running_", ""))] = jnp.asarray(value, dtype=jnp.float32)
    return {"params": traverse_util.unflatten_dict(params), "batch_stats": traverse_util.unflatten_dict(stats)}
