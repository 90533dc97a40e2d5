"""The ResNet of Flax's imagenet example ("SAME" in the 3 x 3 convolutions and
the pool, explicit zeros in the first) with PyTorch's weights. From google/flax
issue #963 (predictions slightly different; the padding was it) and
n2cholas/jax-resnet.
"""

from functools import partial

import flax.linen as nn
import jax.numpy as jnp
from flax.traverse_util import unflatten_dict


class Block(nn.Module):
    channels: int
    stride: int

    @nn.compact
    def __call__(self, x):
        conv = partial(nn.Conv, use_bias=False)
        norm = partial(nn.BatchNorm, use_running_average=True, epsilon=1e-5)
        y = nn.relu(norm(name="bn1")(conv(self.channels, (3, 3), (self.stride, self.stride), name="conv1")(x)))
        y = norm(name="bn2")(conv(self.channels, (3, 3), name="conv2")(y))
        if x.shape != y.shape:
            x = conv(self.channels, (1, 1), (self.stride, self.stride), name="downsample_0")(x)
            x = norm(name="downsample_1")(x)
        return nn.relu(x + y)


class ResNet(nn.Module):
    blocks: tuple
    classes: int

    @nn.compact
    def __call__(self, x):
        x = nn.Conv(6, (7, 7), (2, 2), padding=[(3, 3), (3, 3)], use_bias=False, name="conv1")(x)
        x = nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-5, name="bn1")(x))
        x = nn.max_pool(x, (3, 3), strides=(2, 2), padding="SAME")
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x)
        return nn.Dense(self.classes, name="fc")(jnp.mean(x, axis=(1, 2)))


def port(state_dict):
    flat = {}
    for name, w in state_dict.items():
        parts = name.replace("layers.", "layers_").replace("downsample.", "downsample_").split(".")
        *path, last = parts
        w = jnp.asarray(w)
        if last == "num_batches_tracked":
            continue
        if last in ("running_mean", "running_var"):
            flat[("batch_stats", *path, last[8:])] = w
        elif w.ndim == 4:
            flat[("params", *path, "kernel")] = w.transpose(2, 3, 1, 0)
        elif w.ndim == 2:
            flat[("params", *path, "kernel")] = w.T
        else:
            flat[("params", *path, "scale" if last == "weight" else "bias")] = w
    return unflatten_dict(flat)
