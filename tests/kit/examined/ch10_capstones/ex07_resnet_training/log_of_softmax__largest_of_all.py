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
        shape = x.shape[-1:]
        scale = self.param("scale", nn.initializers.ones, shape)
        bias = self.param("bias", nn.initializers.zeros, shape)
        ra_mean = self.variable("batch_stats", "mean", jnp.zeros, shape)
        ra_var = self.variable("batch_stats", "var", jnp.ones, shape)
        if train:
            mean = x.mean((0, 1, 2))
            var = x.var((0, 1, 2))
            if not self.is_initializing():
                n = x.shape[0] * x.shape[1] * x.shape[2]
                m = self.momentum
                ra_mean.value = (1 - m) * ra_mean.value + m * mean
                ra_var.value = (1 - m) * ra_var.value + m * var * n / (n - 1)
            eps = self.eps
        else:
            mean = ra_mean.value
            var = ra_var.value
            eps = self.eps
        return (x - mean) / jnp.sqrt(var + eps) * scale + bias


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
        v = {"params": params, "batch_stats": variables["batch_stats"]}
        logits, state = model.apply(v, images, True, mutable=["batch_stats"])
        logits = logits - logits.max()
        picked = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
        loss = (jnp.log(jnp.exp(logits).sum(axis=1)) - picked).mean()
        return loss, state

    (loss, state), grads = jax.value_and_grad(loss_fn, has_aux=True)(variables["params"])
    updates, opt_state = tx.update(grads, opt_state, variables["params"])
    params = optax.apply_updates(variables["params"], updates)
    return {"params": params, "batch_stats": state["batch_stats"]}, opt_state, loss


def eval_step(model: nn.Module, variables: Any, images: jax.Array) -> jax.Array:
    """Return the logits in eval mode, float32 (batch, classes)."""
    return model.apply(variables, images, False)
