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

        def norm(name, x):
            return nn.BatchNorm(use_running_average=True, epsilon=1e-5, name=name)(x)

        y = nn.Conv(self.channels, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        y = nn.relu(norm("bn1", y))
        y = nn.Conv(self.channels, (3, 3), padding=1, use_bias=False, name="conv2")(y)
        y = norm("bn2", y)
        if self.stride != 1 or x.shape[-1] != self.channels:
            x = nn.Conv(self.channels, (1, 1), self.stride, use_bias=False, name="downsample_0")(x)
            x = norm("downsample_1", x)
        return nn.relu(y + x)


class ResNet(nn.Module):
    """TorchResNet in evaluation."""

    blocks: tuple[tuple[int, int], ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, height, width, 3). Returns (batch, classes)."""
        x = nn.Conv(6, (7, 7), strides=2, padding=3, use_bias=False, name="conv1")(x)
        x = nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-5, name="bn1")(x))
        x = nn.max_pool(x, (3, 3), (2, 2), ((1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x)
        return nn.Dense(self.classes, name="fc")(nn.avg_pool(x, (x.shape[1], min(x.shape[1:3])))[:, 0, 0])


def port(state_dict: dict[str, np.ndarray]) -> Any:
    """Return TorchResNet's weights and statistics as ResNet's variables.

    state_dict: of a TorchResNet with any blocks and classes; leave it
        unchanged. The PyTorch section shows which entries there are.
    Returns {"params": ..., "batch_stats": ...} with float32 `jax.Array`s.
    """
    flat = {}
    for name, value in state_dict.items():
        *path, leaf = re.sub(r"(layers|downsample)\.(\d+)", r"\1_\2", name).split(".")
        if leaf == "num_batches_tracked":
            continue
        collection = "params"
        if leaf.startswith("running_"):
            collection, leaf = "batch_stats", leaf.removeprefix("running_")
        elif value.ndim == 4:
            leaf, value = "kernel", value.transpose(2, 3, 1, 0)
        elif value.ndim == 2:
            leaf, value = "kernel", value.T
        elif leaf == "weight":
            leaf = "scale"
        flat[collection, *path, leaf] = jnp.array(value, jnp.float32)
    return traverse_util.unflatten_dict(flat)
