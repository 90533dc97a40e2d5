"""BatchNorm normalises with the batch's statistics
(use_running_average=False).
"""

import re
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util


def bn(name):
    return nn.BatchNorm(use_running_average=False, epsilon=1e-5, name=name)


class Block(nn.Module):
    channels: int
    stride: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        y = nn.Conv(self.channels, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        y = nn.relu(bn("bn1")(y))
        y = nn.Conv(self.channels, (3, 3), padding=1, use_bias=False, name="conv2")(y)
        y = bn("bn2")(y)
        if self.stride != 1 or x.shape[-1] != self.channels:
            x = nn.Conv(self.channels, (1, 1), self.stride, use_bias=False, name="downsample_0")(x)
            x = bn("downsample_1")(x)
        return nn.relu(y + x)


class ResNet(nn.Module):
    blocks: tuple[tuple[int, int], ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.Conv(6, (7, 7), 2, padding=3, use_bias=False, name="conv1")(x)
        x = nn.relu(bn("bn1")(x))
        x = nn.max_pool(x, (3, 3), (2, 2), ((1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x)
        return nn.Dense(self.classes, name="fc")(x.mean((1, 2)))


def port(state_dict: dict[str, np.ndarray]) -> Any:
    flat = {}
    for name, a in state_dict.items():
        *modules, leaf = re.sub(r"(layers|downsample)\.(\d+)", r"\1_\2", name).split(".")
        if leaf == "num_batches_tracked":
            continue
        if leaf.startswith("running_"):
            path = ("batch_stats", *modules, leaf.removeprefix("running_"))
        elif leaf == "bias":
            path = ("params", *modules, "bias")
        elif a.ndim == 1:
            path = ("params", *modules, "scale")
        else:
            path = ("params", *modules, "kernel")
            a = a.transpose(2, 3, 1, 0) if a.ndim == 4 else a.T
        flat[path] = jnp.array(a, jnp.float32)
    return traverse_util.unflatten_dict(flat)
