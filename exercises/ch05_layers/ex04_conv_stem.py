"""5.4 conv_stem: Pool and flatten with the channels last

A ported convolutional network can have every weight right and still be wrong in
two places that hold no weights.

Pooling. PyTorch's default stride is the window's size. In Flax it is 1, in
`nn.avg_pool` too:

    F.max_pool2d(x, 3)          stride 3
    nn.max_pool(x, (3, 3))      strides=(1, 1), padding="VALID"

In Flax, padding is a pair per axis, ((1, 1), (1, 1)); an int raises a
TypeError. Both libraries pad a max pool with minus infinity. With zeros,
negative numbers would lose at the border.

Flattening. PyTorch's `flatten(1)` of (batch, channels, height, width) goes
through all pixels of the first channel, then of the second. With the channels
last, `reshape` goes through all channels of the first pixel, then of the
second. The number of values is the same, so the Linear layer after it raises no
error. Either put the axes in PyTorch's order before you flatten, or put the
rows of the kernel in Flax's.

Write the three functions. The module Features is given. Its layers are "conv"
and "bn"; the BatchNorm has "scale" and "bias" in "params", "mean" and "var" in
"batch_stats". What `port_stem` returns is up to you: only `stem` reads it. The
checks run `max_pool` and `stem` under `jax.jit`.

After 5.2 and 5.3. About 20 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#pooling
"""

# --- PyTorch ---
import torch
import torch.nn.functional as F


class TorchStem(torch.nn.Module):
    """Takes images (batch, 3, height, width); returns (batch, classes)."""

    def __init__(self, height: int, width: int, classes: int):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 5, 7, stride=2, padding=3, bias=False)
        self.bn = torch.nn.BatchNorm2d(5)
        self.fc = torch.nn.Linear(5 * -(-height // 4) * -(-width // 4), classes)  # a quarter of each, rounded up

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.bn(self.conv(x)))
        x = F.max_pool2d(x, 3, stride=2, padding=1)
        return self.fc(x.flatten(1))


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


class Features(nn.Module):
    """The first line of TorchStem's forward, in evaluation.

    Takes images (batch, height, width, 3); returns (batch, height / 2, width /
    2, 5), both rounded up.
    """

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.Conv(5, (7, 7), strides=2, padding=3, use_bias=False, name="conv")(x)
        return nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-5, name="bn")(x))


def max_pool(x: jax.Array, window: int, stride: int | None = None, padding: int = 0) -> jax.Array:
    """`F.max_pool2d(x, window, stride, padding)` for images with their channels
    last. x: float32 (batch, height, width, channels), finite numbers.
    """
    raise NotImplementedError("5.4 conv_stem: your code here")


def port_stem(state_dict: dict[str, np.ndarray]) -> Any:
    """TorchStem's weights and running statistics, as a pytree of `jax.Array`s
    for `stem`.

    state_dict: "conv.weight" (5, 3, 7, 7); "bn.weight", "bn.bias",
    "bn.running_mean", "bn.running_var", each (5,); "fc.weight" (classes, 5 *
    height * width of the last map), "fc.bias" (classes,), in any order. The
    entry "bn.num_batches_tracked" is not needed and may be missing. The dict
    stays as it is.
    """
    raise NotImplementedError("5.4 conv_stem: your code here")


def stem(variables: Any, x: jax.Array) -> jax.Array:
    """What TorchStem computes in evaluation.

    variables: from any call of `port_stem`; x: float32 (batch, height, width,
    3). Returns float32 (batch, classes).
    """
    raise NotImplementedError("5.4 conv_stem: your code here")
