"""A small ResNet and its port to Linen: right."""

# --- PyTorch ---
import torch


class Block(torch.nn.Module):
    def __init__(self, width, out, stride):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(width, out, 3, stride, padding=1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(out)
        self.conv2 = torch.nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(out)
        self.relu = torch.nn.ReLU(inplace=True)
        self.downsample = None
        if stride > 1 or width != out:
            conv = torch.nn.Conv2d(width, out, 1, stride, bias=False)
            self.downsample = torch.nn.Sequential(conv, torch.nn.BatchNorm2d(out))

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + (self.downsample(x) if self.downsample else x))


class ResNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 6, 7, 2, padding=3, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(6)
        self.relu = torch.nn.ReLU(inplace=True)
        self.maxpool = torch.nn.MaxPool2d(3, 2, padding=1)
        self.layer1 = torch.nn.Sequential(Block(6, 6, 1))
        self.layer2 = torch.nn.Sequential(Block(6, 10, 2))
        self.fc = torch.nn.Linear(10, 4)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.fc(self.layer2(self.layer1(x)).mean((2, 3)))


def make_model():
    return ResNet()


def example_inputs(batch):
    return torch.randn(batch, 3, 40, 32)


# --- JAX ---
import flax.linen as nn
import jax
import jax.numpy as jnp
from flax import traverse_util


class BatchNorm(nn.Module):
    """PyTorch's: the stored variance is divided by n - 1."""

    momentum: float = 0.1

    @nn.compact
    def __call__(self, x, train):
        size = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (size,))
        bias = self.param("bias", nn.initializers.zeros, (size,))
        mean = self.variable("batch_stats", "mean", jnp.zeros, (size,))
        var = self.variable("batch_stats", "var", jnp.ones, (size,))
        if train:
            n, axes = x.size // size, tuple(range(x.ndim - 1))
            m, v = x.mean(axes), x.var(axes)
            if not self.is_initializing():
                mean.value = (1 - self.momentum) * mean.value + self.momentum * m
                var.value = (1 - self.momentum) * var.value + self.momentum * v * n / (n - 1)
        else:
            m, v = mean.value, var.value
        return (x - m) * jax.lax.rsqrt(v + 1e-5) * scale + bias


class FlaxBlock(nn.Module):
    out: int
    stride: int

    @nn.compact
    def __call__(self, x, train):
        y = nn.Conv(self.out, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        y = nn.relu(BatchNorm(name="bn1")(y, train))
        y = nn.Conv(self.out, (3, 3), padding=1, use_bias=False, name="conv2")(y)
        y = BatchNorm(name="bn2")(y, train)
        if self.stride > 1:
            x = nn.Conv(self.out, (1, 1), self.stride, use_bias=False, name="downsample_0")(x)
            x = BatchNorm(name="downsample_1")(x, train)
        return nn.relu(y + x)


class FlaxResNet(nn.Module):
    @nn.compact
    def __call__(self, x, train):
        x = nn.Conv(6, (7, 7), 2, padding=3, use_bias=False, name="conv1")(x)
        x = nn.relu(BatchNorm(name="bn1")(x, train))
        x = nn.max_pool(x, (3, 3), (2, 2), padding=((1, 1), (1, 1)))
        x = FlaxBlock(6, 1, name="layer1_0")(x, train)
        x = FlaxBlock(10, 2, name="layer2_0")(x, train)
        return nn.Dense(4, name="fc")(x.mean((1, 2)))


LEAVES = {"running_mean": "mean", "running_var": "var"}


def port(state_dict):
    flat = {}
    for name, array in state_dict.items():
        *path, leaf = name.replace("layer1.0", "layer1_0").replace("layer2.0", "layer2_0").split(".")
        path = ".".join(path).replace("downsample.", "downsample_").split(".")
        if leaf == "num_batches_tracked":
            continue
        if array.ndim == 4:
            leaf, array = "kernel", array.transpose(2, 3, 1, 0)
        elif array.ndim == 2:
            leaf, array = "kernel", array.T
        elif leaf == "weight":
            leaf = "scale"
        collection = "batch_stats" if leaf in LEAVES else "params"
        flat[collection, *path, LEAVES.get(leaf, leaf)] = jnp.asarray(array)
    return traverse_util.unflatten_dict(flat)


def forward(variables, x, train=False):
    x = jnp.transpose(x, (0, 2, 3, 1))
    return FlaxResNet().apply(variables, x, train, mutable=["batch_stats"] if train else False)
