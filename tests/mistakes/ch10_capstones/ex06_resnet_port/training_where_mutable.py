"""With `mutable=True` in `apply`, BatchNorm normalizes with the statistics of
the batch. Usually the network asks whether "batch_stats" may change, and takes
that for train mode. The caller decides what is mutable, for other reasons too,
such as `capture_intermediates`. Pass `use_running_average=True`.
"""

import re

import flax.linen as nn
import jax.numpy as jnp
from flax import traverse_util


class Block(nn.Module):
    channels: int
    stride: int

    @nn.compact
    def __call__(self, x):
        evaluated = not self.is_mutable_collection("batch_stats")
        y = nn.Conv(self.channels, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        y = nn.relu(nn.BatchNorm(use_running_average=evaluated, name="bn1")(y))
        y = nn.Conv(self.channels, (3, 3), padding=1, use_bias=False, name="conv2")(y)
        y = nn.BatchNorm(use_running_average=evaluated, name="bn2")(y)
        if self.stride != 1 or x.shape[-1] != self.channels:
            x = nn.Conv(self.channels, (1, 1), self.stride, padding=0, use_bias=False, name="downsample_0")(x)
            x = nn.BatchNorm(use_running_average=evaluated, name="downsample_1")(x)
        return nn.relu(y + x)


class ResNet(nn.Module):
    blocks: tuple
    classes: int

    @nn.compact
    def __call__(self, x):
        x = nn.Conv(6, (7, 7), strides=2, padding=3, use_bias=False, name="conv1")(x)
        evaluated = not self.is_mutable_collection("batch_stats")
        x = nn.relu(nn.BatchNorm(use_running_average=evaluated, name="bn1")(x))
        x = nn.max_pool(x, (3, 3), (2, 2), ((1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x)
        return nn.Dense(self.classes, name="fc")(x.mean((1, 2)))


def port(state_dict):
    flat = {}
    for name, array in state_dict.items():
        *path, leaf = re.sub(r"\.(\d+)", r"_\1", name).split(".")
        match leaf, array.ndim:
            case "num_batches_tracked", _:
                continue
            case (("running_mean" | "running_var"), _):
                place = ("batch_stats", *path, leaf.removeprefix("running_"))
            case "weight", 4:
                place, array = ("params", *path, "kernel"), array.transpose(2, 3, 1, 0)
            case "weight", 2:
                place, array = ("params", *path, "kernel"), array.T
            case "weight", 1:
                place = ("params", *path, "scale")
            case _:
                place = ("params", *path, leaf)
        flat[place] = jnp.asarray(array)
    return traverse_util.unflatten_dict(flat)
