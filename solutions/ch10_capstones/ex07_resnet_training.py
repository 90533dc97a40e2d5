"""10.7 resnet_training: Train the ResNet, step for step as PyTorch does

One step of PyTorch's training loop changes three things: the parameters, the
optimizer's momentum, and the running statistics of every BatchNorm. Here
`train_step` takes all three and returns new ones.

The statistics are not parameters. Differentiate the loss with respect to
`variables["params"]` alone. The new statistics are a second result of the
forward pass, and come through `jax.value_and_grad(..., has_aux=True)`. They are
those of the forward pass that gave the gradient, before the step. The optimizer
never sees them: `opt_state` is `tx.init(variables["params"])`.

With Flax's own `nn.BatchNorm(momentum=0.9)`, every loss of the training is
still right, because train mode writes the running statistics and does not read
them. Only the evaluation afterwards is wrong. PyTorch stores the unbiased
variance, and deep in a network, where maps are small, the factor n / (n - 1) is
not near 1. So ResNet is built with the `TorchBN` of 5.2: copy your `__call__`
from there.

Block and ResNet are given, so you need not have solved 10.6. Write
`TorchBN.__call__`, `train_step` and `eval_step`. The checks use TorchBN in
ResNet, and alone with a different `momentum` and `eps`, and with x around 1000.
They also take its gradients where a channel has a variance of 0, and apply it
with `mutable=True`, which does not mean `init`. They call `train_step` and
`eval_step` under `jax.jit`, with ResNet and with a different model, and with
more than one `tx`, and `train_step` without `jax.jit` too.

After 4.3, 4.4 and 5.2. About 25 minutes.

https://flax-linen.readthedocs.io/en/latest/guides/training_techniques/batch_norm.html
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


def torch_optimizer(model: torch.nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=0.01)


def torch_train_step(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, images: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """Take one step. Return the loss before it."""
    model.train()
    loss = torch.nn.functional.cross_entropy(model(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def torch_eval_step(model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """The logits."""
    model.eval()
    with torch.no_grad():
        return model(images)


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax


class TorchBN(nn.Module):
    """`torch.nn.BatchNorm2d` for images with channels last, as in 5.2.

    The parameters are "scale" and "bias"; "batch_stats" holds the running
    "mean" and "var". All are float32 (features,), and start at 1, 0, 0 and 1.
    """

    momentum: float = 0.1  # the weight of the new batch, as in PyTorch
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        """x: float32 (batch, height, width, features). Returns x's shape.

        With `train`, normalizes with the batch's statistics and updates the
        running ones, except in `init`. Without `train`, uses the running ones
        and writes nothing.
        """
        # <solution>
        features = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (features,))
        bias = self.param("bias", nn.initializers.zeros, (features,))
        running_mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))
        running_var = self.variable("batch_stats", "var", jnp.ones, (features,))

        if train:
            mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
            if not self.is_initializing():
                n = x.size // features
                running_mean.value += self.momentum * (mean - running_mean.value)
                running_var.value += self.momentum * (var * n / (n - 1) - running_var.value)
        else:
            mean, var = running_mean.value, running_var.value
        return (x - mean) * jax.lax.rsqrt(var + self.eps) * scale + bias
        # </solution>


class Block(nn.Module):
    """TorchBlock. Given."""

    channels: int
    stride: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        y = nn.Conv(self.channels, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        y = nn.relu(TorchBN(name="bn1")(y, train))
        y = nn.Conv(self.channels, (3, 3), padding=1, use_bias=False, name="conv2")(y)
        y = TorchBN(name="bn2")(y, train)
        if self.stride != 1 or x.shape[-1] != self.channels:
            x = nn.Conv(self.channels, (1, 1), self.stride, use_bias=False, name="downsample_0")(x)
            x = TorchBN(name="downsample_1")(x, train)
        return nn.relu(y + x)


class ResNet(nn.Module):
    """TorchResNet. Given."""

    blocks: tuple[tuple[int, int], ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        """x: float32 (batch, height, width, 3). Returns (batch, classes)."""
        x = nn.Conv(6, (7, 7), strides=2, padding=3, use_bias=False, name="conv1")(x)
        x = nn.relu(TorchBN(name="bn1")(x, train))
        x = nn.max_pool(x, (3, 3), (2, 2), ((1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x, train)
        return nn.Dense(self.classes, name="fc")(x.mean((1, 2)))


def train_step(
    model: nn.Module,
    tx: optax.GradientTransformation,
    variables: Any,
    opt_state: Any,
    images: jax.Array,
    labels: jax.Array,
) -> tuple[Any, Any, jax.Array]:
    """Take one step. Return (new variables, new opt_state, loss), and change
    none of the arguments.

    model: its `__call__` takes (images, train), as ResNet's does.
    tx: an optimizer with weight decay, so `tx.update` needs the parameters.
    variables: {"params": ..., "batch_stats": ...}; the new variables have the
        same structure, and both collections are new.
    images: float32 (batch, height, width, 3); labels: int32 (batch,).
    loss: float32 (), the mean cross-entropy in train mode, before the step;
        right even for logits in the hundreds.
    """

    # <solution>
    def loss_fn(params):
        logits, updates = model.apply({**variables, "params": params}, images, train=True, mutable=["batch_stats"])
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean(), updates

    params = variables["params"]
    (loss, updates), grads = jax.value_and_grad(loss_fn, has_aux=True)(params)
    changes, opt_state = tx.update(grads, opt_state, params)
    return {"params": optax.apply_updates(params, changes), **updates}, opt_state, loss
    # </solution>


def eval_step(model: nn.Module, variables: Any, images: jax.Array) -> jax.Array:
    """Return the logits in eval mode, float32 (batch, classes)."""
    # <solution>
    return model.apply(variables, images, train=False)
    # </solution>
