"""TorchBN assigns the running statistics in eval mode too (their own old
values), so `apply(variables, x, False)` without mutable raises
ModifyScopeVariableError; eval_step hides it with mutable.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        c = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (c,))
        bias = self.param("bias", nn.initializers.zeros, (c,))
        mean_ref = self.variable("batch_stats", "mean", jnp.zeros, (c,))
        var_ref = self.variable("batch_stats", "var", jnp.ones, (c,))
        old_mean, old_var = mean_ref.value, var_ref.value
        if train:
            n = x.size // c
            mean, var = jnp.mean(x, (0, 1, 2)), jnp.var(x, (0, 1, 2))
            new_mean = (1 - self.momentum) * old_mean + self.momentum * mean
            new_var = (1 - self.momentum) * old_var + self.momentum * var * n / (n - 1)
        else:
            mean, var = old_mean, old_var
            new_mean, new_var = old_mean, old_var
        if not self.is_initializing():
            mean_ref.value = new_mean
            var_ref.value = new_var
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


def _loss(params, model, batch_stats, images, labels):
    variables = {"params": params, "batch_stats": batch_stats}
    logits, new = model.apply(variables, images, train=True, mutable=["batch_stats"])
    log_probs = jax.nn.log_softmax(logits)
    picked = jnp.take_along_axis(log_probs, labels[:, None], axis=1)
    return -picked.mean(), new


def train_step(model, tx, variables, opt_state, images, labels):
    params = variables["params"]
    grad_fn = jax.value_and_grad(_loss, has_aux=True)
    (loss, new), grads = grad_fn(params, model, variables["batch_stats"], images, labels)
    updates, new_opt_state = tx.update(grads, opt_state, params)
    new_params = jax.tree.map(lambda p, u: p + u, params, updates)
    return {"params": new_params, **new}, new_opt_state, loss


def eval_step(model: nn.Module, variables: Any, images: jax.Array) -> jax.Array:
    logits, _ = model.apply(variables, images, False, mutable=["batch_stats"])
    return logits
