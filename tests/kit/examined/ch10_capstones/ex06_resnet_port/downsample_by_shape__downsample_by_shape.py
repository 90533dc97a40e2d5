"""a block has its downsample only where the shapes differ: not with stride 2 on
a map of one pixel and equal channels.
"""

import re
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util


def conv(features: int, size: int, stride: int, padding: int, name: str) -> nn.Conv:
    return nn.Conv(features, (size, size), strides=stride, padding=padding, use_bias=False, name=name)


def norm(name: str) -> nn.BatchNorm:
    return nn.BatchNorm(use_running_average=True, epsilon=1e-5, name=name)


class Block(nn.Module):
    """TorchBlock in evaluation, for images with channels last."""

    channels: int
    stride: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, height, width, in_channels).

        Returns (batch, height / stride, width / stride, channels), rounded up.
        """
        y = conv(self.channels, 3, self.stride, 1, "conv1")(x)
        y = nn.relu(norm("bn1")(y))
        y = conv(self.channels, 3, 1, 1, "conv2")(y)
        y = norm("bn2")(y)
        if x.shape != y.shape:
            x = conv(self.channels, 1, self.stride, 0, "downsample_0")(x)
            x = norm("downsample_1")(x)
        return nn.relu(x + y)


class ResNet(nn.Module):
    """TorchResNet in evaluation."""

    blocks: tuple[tuple[int, int], ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, height, width, 3). Returns (batch, classes)."""
        x = nn.relu(norm("bn1")(conv(6, 7, 2, 3, "conv1")(x)))
        x = nn.max_pool(x, (3, 3), strides=(2, 2), padding=((1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x)
        return nn.Dense(self.classes, name="fc")(x.mean((1, 2)))


def port(state_dict: dict[str, np.ndarray]) -> Any:
    """Return TorchResNet's weights and statistics as ResNet's variables.

    state_dict: of a TorchResNet with any blocks and classes; leave it
        unchanged. The PyTorch section shows which entries there are.
    Returns {"params": ..., "batch_stats": ...} with float32 `jax.Array`s.
    """
    flat = {}
    for name, value in state_dict.items():
        *path, last = re.sub(r"\.(\d+)", r"_\1", name).split(".")
        if last == "num_batches_tracked":
            continue
        if last.startswith("running_"):
            collection, last = "batch_stats", last.removeprefix("running_")
        else:
            collection = "params"
        if value.ndim == 4:
            last, value = "kernel", value.transpose(2, 3, 1, 0)
        elif value.ndim == 2:
            last, value = "kernel", value.T
        elif last == "weight":
            last = "scale"
        flat[(collection, *path, last)] = jnp.array(value, jnp.float32)
    return traverse_util.unflatten_dict(flat)
