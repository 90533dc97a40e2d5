"""10.6 resnet_port: A ResNet with PyTorch's weights

A residual network, from the images to the logits. You know all of its pieces:
5.3 has the convolutions, 5.4 the pool, 2.1 the two collections of a BatchNorm.
Here they must all be right at once, and a wrong piece rarely raises an error.
With "SAME" instead of padding=1, with a pool whose stride is 1, or with the
stride in the other convolution of a block, the logits still have the right
shape.

In a block, the result of the second convolution is added to the input of the
first. Where the two differ in shape, PyTorch's `downsample` brings the input to
the shape of the result: a convolution of 1 x 1 pixels and a BatchNorm of its
own. It is there when the stride is not 1, and even when only the number of
channels differs.

`port` takes the whole state_dict. Instead of listing all layers by hand, go
through its entries and let the name and the number of axes decide:

    layers.1.downsample.0.weight        4 axes: the kernel of a convolution
    fc.weight                           2 axes: the kernel of a Dense
    layers.1.downsample.1.weight        1 axis: the scale of a BatchNorm
    layers.1.downsample.1.running_var   a statistic: in "batch_stats"
    bn1.num_batches_tracked             not needed; leave it out

`flax.traverse_util.unflatten_dict({("params", "fc", "bias"): b})` returns the
nested {"params": {"fc": {"bias": b}}}; `flatten_dict` goes the other way. You
choose the names of your layers. `port` must return exactly the tree that
`ResNet(...).init` makes: no entry more and none less.

Write the two modules and `port`, for evaluation; training comes in 10.7. The
checks grow the network from its first layers on, so begin with the ResNet
without blocks. Most of them run it under `jax.jit`, one with `mutable=True`,
which does not mean training. Its weights and statistics are as after training,
not at their initial 0 and 1, and some channels vary so little that BatchNorm's
epsilon counts. Where an output differs, the checks look at what your modules
return, whatever their names, and tell you up to where they agree with
PyTorch's.

After 2.1, 5.3 and 5.4. About 40 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.traverse_util.html
"""

# --- PyTorch ---
import torch


class TorchBlock(torch.nn.Module):
    """Two convolutions, with a skip connection around them."""

    def __init__(self, in_channels: int, channels: int, stride: int):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(channels)
        self.conv2 = torch.nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(channels)
        self.downsample = None
        if stride != 1 or in_channels != channels:
            self.downsample = torch.nn.Sequential(
                torch.nn.Conv2d(in_channels, channels, 1, stride, bias=False), torch.nn.BatchNorm2d(channels)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class TorchResNet(torch.nn.Module):
    """Images (batch, 3, height, width) to logits (batch, classes). `blocks` has
    (channels, stride) for each block.
    """

    def __init__(self, blocks: tuple[tuple[int, int], ...], classes: int):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 6, 7, stride=2, padding=3, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(6)
        self.maxpool = torch.nn.MaxPool2d(3, stride=2, padding=1)
        widths = [6, *(channels for channels, _ in blocks)]
        self.layers = torch.nn.Sequential(*(TorchBlock(width, *block) for width, block in zip(widths, blocks, strict=False)))
        self.fc = torch.nn.Linear(widths[-1], classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        return self.fc(self.layers(x).mean((2, 3)))


# --- JAX ---
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
        # <solution>
        y = nn.Conv(self.channels, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        y = nn.relu(nn.BatchNorm(use_running_average=True, name="bn1")(y))
        y = nn.Conv(self.channels, (3, 3), padding=1, use_bias=False, name="conv2")(y)
        y = nn.BatchNorm(use_running_average=True, name="bn2")(y)
        if self.stride != 1 or x.shape[-1] != self.channels:
            x = nn.Conv(self.channels, (1, 1), self.stride, padding=0, use_bias=False, name="downsample_0")(x)
            x = nn.BatchNorm(use_running_average=True, name="downsample_1")(x)
        return nn.relu(y + x)
        # </solution>


class ResNet(nn.Module):
    """TorchResNet in evaluation."""

    blocks: tuple[tuple[int, int], ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, height, width, 3). Returns (batch, classes)."""
        # <solution>
        x = nn.Conv(6, (7, 7), strides=2, padding=3, use_bias=False, name="conv1")(x)
        x = nn.relu(nn.BatchNorm(use_running_average=True, name="bn1")(x))
        x = nn.max_pool(x, (3, 3), (2, 2), ((1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x)
        return nn.Dense(self.classes, name="fc")(x.mean((1, 2)))
        # </solution>


def port(state_dict: dict[str, np.ndarray]) -> Any:
    """Return TorchResNet's weights and statistics as ResNet's variables.

    state_dict: of a TorchResNet with any blocks and classes; leave it
        unchanged. The PyTorch section shows which entries there are.
    Returns {"params": ..., "batch_stats": ...} with float32 `jax.Array`s.
    """
    # <solution>
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
    # </solution>
