"""train_step returns the new variables as a FrozenDict (old Flax tutorials), so
they have not the same structure as the plain dict that came in.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax
from flax.core import freeze


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
    def loss_fn(params):
        logits, state = model.apply({**variables, "params": params}, images, True, mutable="batch_stats")
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean(), state

    params = variables["params"]
    (loss, state), grads = jax.value_and_grad(loss_fn, has_aux=True)(params)
    updates, opt_state = tx.update(grads, opt_state, params)
    params = optax.apply_updates(params, updates)
    return freeze({"params": params, "batch_stats": state["batch_stats"]}), opt_state, loss


def eval_step(model: nn.Module, variables: Any, images: jax.Array) -> jax.Array:
    return model.apply(variables, images, False)
