"""The standard deviation is bounded below by the root of `eps`."""

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
        return (x - mean) / jnp.maximum(jnp.sqrt(var), jnp.sqrt(self.eps)) * scale + bias


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

    def loss_fn(params):
        logits, updates = model.apply({**variables, "params": params}, images, train=True, mutable=["batch_stats"])
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean(), updates

    params = variables["params"]
    (loss, updates), grads = jax.value_and_grad(loss_fn, has_aux=True)(params)
    changes, opt_state = tx.update(grads, opt_state, params)
    return {"params": optax.apply_updates(params, changes), **updates}, opt_state, loss


def eval_step(model: nn.Module, variables: Any, images: jax.Array) -> jax.Array:
    """Return the logits in eval mode, float32 (batch, classes)."""
    return model.apply(variables, images, train=False)
