"""the downsample skips pixels with a hard-coded stride of 2 wherever stride is
not 1, so a block with stride 3 fails or adds the wrong pixels.
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
        def norm(name):
            return nn.BatchNorm(use_running_average=True, name=name)

        y = nn.Conv(self.channels, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        y = nn.relu(norm("bn1")(y))
        y = nn.Conv(self.channels, (3, 3), padding=1, use_bias=False, name="conv2")(y)
        y = norm("bn2")(y)
        if self.stride != 1 or x.shape[-1] != self.channels:
            if self.stride != 1:
                x = x[:, ::2, ::2]
            x = norm("downsample_1")(nn.Conv(self.channels, (1, 1), use_bias=False, name="downsample_0")(x))
        return nn.relu(y + x)


class ResNet(nn.Module):
    blocks: tuple[tuple[int, int], ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.Conv(6, (7, 7), 2, padding=3, use_bias=False, name="conv1")(x)
        x = nn.relu(nn.BatchNorm(use_running_average=True, name="bn1")(x))
        x = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-jnp.inf)
        x = nn.max_pool(x, (3, 3), (2, 2))
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x)
        return nn.Dense(self.classes, name="fc")(x.mean((1, 2)))


def port(state_dict: dict[str, np.ndarray]) -> Any:
    flat = {}
    for name, value in state_dict.items():
        path = tuple(re.sub(r"\.(\d+)\.", r"_\1.", name).split("."))
        path = tuple(re.sub(r"\.(\d+)\.", r"_\1.", ".".join(path)).split("."))
        value = np.asarray(value)
        head, leaf = path[:-1], path[-1]
        if leaf == "num_batches_tracked":
            pass
        elif leaf.startswith("running_"):
            flat[("batch_stats", *head, leaf[8:])] = jnp.asarray(value)
        elif value.ndim == 4:
            flat[("params", *head, "kernel")] = jnp.asarray(value.transpose((2, 3, 1, 0)))
        elif value.ndim == 2:
            flat[("params", *head, "kernel")] = jnp.asarray(value.transpose((1, 0)))
        elif leaf == "weight":
            flat[("params", *head, "scale")] = jnp.asarray(value)
        else:
            flat[("params", *head, "bias")] = jnp.asarray(value)
    return traverse_util.unflatten_dict(flat)
