"""The downsample ends with a relu of its own."""

import re
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util


class Block(nn.Module):
    """TorchBlock in evaluation, for images with channels last."""

    channels: int
    stride: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, height, width, in_channels).

        Returns (batch, height / stride, width / stride, channels), rounded up.
        """
        y = nn.Conv(self.channels, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        y = nn.relu(nn.BatchNorm(use_running_average=True, name="bn1")(y))
        y = nn.Conv(self.channels, (3, 3), padding=1, use_bias=False, name="conv2")(y)
        y = nn.BatchNorm(use_running_average=True, name="bn2")(y)
        if self.stride != 1 or x.shape[-1] != self.channels:
            x = nn.Conv(self.channels, (1, 1), self.stride, padding=0, use_bias=False, name="downsample_0")(x)
            x = nn.relu(nn.BatchNorm(use_running_average=True, name="downsample_1")(x))
        return nn.relu(y + x)


class ResNet(nn.Module):
    """TorchResNet in evaluation."""

    blocks: tuple[tuple[int, int], ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, height, width, 3). Returns (batch, classes)."""
        x = nn.Conv(6, (7, 7), strides=2, padding=3, use_bias=False, name="conv1")(x)
        x = nn.relu(nn.BatchNorm(use_running_average=True, name="bn1")(x))
        x = nn.max_pool(x, (3, 3), (2, 2), ((1, 1), (1, 1)))
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
    for name, array in state_dict.items():
        # "layers.1.downsample.0.weight" -> ["layers_1", "downsample_0"], "weight"
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
