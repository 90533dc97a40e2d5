"""train_step makes one-hot labels with model.classes, so it fails with a
different model that has no attribute of that name.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        features = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (features,))
        bias = self.param("bias", nn.initializers.zeros, (features,))
        ra_mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))
        ra_var = self.variable("batch_stats", "var", jnp.ones, (features,))
        if train:
            mean = x.mean((0, 1, 2))
            var = x.var((0, 1, 2))
            if not self.is_initializing():
                n = x.size // features
                ra_mean.value = (1 - self.momentum) * ra_mean.value + self.momentum * mean
                ra_var.value = (1 - self.momentum) * ra_var.value + self.momentum * var * n / (n - 1)
        else:
            mean, var = ra_mean.value, ra_var.value
        return (x - mean) / jnp.sqrt(var + self.eps) * scale + bias


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
    targets = jax.nn.one_hot(labels, model.classes)

    def loss_fn(params):
        logits, new = model.apply(
            {"params": params, "batch_stats": variables["batch_stats"]}, images, train=True, mutable=["batch_stats"]
        )
        return optax.softmax_cross_entropy(logits, targets).mean(), new["batch_stats"]

    (loss, stats), grads = jax.value_and_grad(loss_fn, has_aux=True)(variables["params"])
    updates, new_state = tx.update(grads, opt_state, variables["params"])
    return {"params": optax.apply_updates(variables["params"], updates), "batch_stats": stats}, new_state, loss


def eval_step(model, variables, images):
    return model.apply(variables, images, train=False)
