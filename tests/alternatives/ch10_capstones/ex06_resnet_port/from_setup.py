"""Layers in `setup`, in lists; names that are not PyTorch's; the tree is walked
by the structure of the network.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.core import freeze


class ConvNorm(nn.Module):
    """A convolution that pads as much as leaves the size, and its BatchNorm."""

    channels: int
    size: int
    stride: int

    def setup(self):
        window = (self.size, self.size)
        self.conv = nn.Conv(self.channels, window, self.stride, padding=self.size // 2, use_bias=False)
        self.norm = nn.BatchNorm(use_running_average=True)

    def __call__(self, x):
        return self.norm(self.conv(x))


class Block(nn.Module):
    in_channels: int
    channels: int
    stride: int

    def setup(self):
        self.first = ConvNorm(self.channels, 3, self.stride)
        self.second = ConvNorm(self.channels, 3, 1)
        self.changes = self.stride != 1 or self.in_channels != self.channels
        if self.changes:
            self.around = ConvNorm(self.channels, 1, self.stride)

    def __call__(self, x):
        y = self.second(nn.relu(self.first(x)))
        return nn.relu(y + (self.around(x) if self.changes else x))


class ResNet(nn.Module):
    blocks: tuple
    classes: int

    def setup(self):
        widths = [6, *(channels for channels, _ in self.blocks)]
        self.stem = ConvNorm(6, 7, 2)
        self.layers = [Block(before, *block) for before, block in zip(widths, self.blocks, strict=False)]
        self.head = nn.Dense(self.classes)

    def __call__(self, x):
        x = nn.max_pool(nn.relu(self.stem(x)), (3, 3), (2, 2), ((1, 1), (1, 1)))
        for layer in self.layers:
            x = layer(x)
        return self.head(jnp.mean(x, axis=(1, 2)))


def port(state_dict):
    def conv_norm(conv, norm):
        kernel = state_dict[f"{conv}.weight"].transpose(2, 3, 1, 0)
        params = {
            "conv": {"kernel": kernel},
            "norm": {"scale": state_dict[f"{norm}.weight"], "bias": state_dict[f"{norm}.bias"]},
        }
        running = {"mean": state_dict[f"{norm}.running_mean"], "var": state_dict[f"{norm}.running_var"]}
        return params, {"norm": running}

    params, stats = {}, {}
    params["stem"], stats["stem"] = conv_norm("conv1", "bn1")
    i = 0
    while f"layers.{i}.conv1.weight" in state_dict:
        parts = {"first": ("conv1", "bn1"), "second": ("conv2", "bn2"), "around": ("downsample.0", "downsample.1")}
        ported = {
            mine: conv_norm(*(f"layers.{i}.{name}" for name in theirs))
            for mine, theirs in parts.items()
            if f"layers.{i}.{theirs[0]}.weight" in state_dict
        }
        params[f"layers_{i}"] = {mine: pair[0] for mine, pair in ported.items()}
        stats[f"layers_{i}"] = {mine: pair[1] for mine, pair in ported.items()}
        i += 1
    params["head"] = {"kernel": state_dict["fc.weight"].T, "bias": state_dict["fc.bias"]}
    return freeze(jax.tree.map(jnp.asarray, {"params": params, "batch_stats": stats}))
