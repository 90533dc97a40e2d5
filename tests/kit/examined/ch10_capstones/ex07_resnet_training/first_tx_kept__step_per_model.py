from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax


class TorchBN(nn.Module):
    momentum: float = 0.1  # the weight of the new batch, as in PyTorch
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        features = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (features,))
        bias = self.param("bias", nn.initializers.zeros, (features,))
        running_mean = self.variable("batch_stats", "mean", lambda: jnp.zeros(features))
        running_var = self.variable("batch_stats", "var", lambda: jnp.ones(features))
        if train:
            n = x.size // features
            mean = x.mean((0, 1, 2))
            var = jnp.square(x - mean).mean((0, 1, 2))
            if not self.is_initializing():
                unbiased = var * n / (n - 1)
                running_mean.value = (1 - self.momentum) * running_mean.value + self.momentum * mean
                running_var.value = (1 - self.momentum) * running_var.value + self.momentum * unbiased
        else:
            mean, var = running_mean.value, running_var.value
        return (x - mean) / jnp.sqrt(var + self.eps) * scale + bias


class Block(nn.Module):
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
    blocks: tuple[tuple[int, int], ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        x = nn.Conv(6, (7, 7), strides=2, padding=3, use_bias=False, name="conv1")(x)
        x = nn.relu(TorchBN(name="bn1")(x, train))
        x = nn.max_pool(x, (3, 3), (2, 2), ((1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x, train)
        return nn.Dense(self.classes, name="fc")(x.mean((1, 2)))


_STEPS: dict[nn.Module, Any] = {}


def train_step(
    model: nn.Module,
    tx: optax.GradientTransformation,
    variables: Any,
    opt_state: Any,
    images: jax.Array,
    labels: jax.Array,
) -> tuple[Any, Any, jax.Array]:

    if model not in _STEPS:

        @jax.jit
        def step(variables, opt_state, images, labels):
            def loss_fn(params):
                logits, new = model.apply({**variables, "params": params}, images, True, mutable=["batch_stats"])
                loss = optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()
                return loss, new["batch_stats"]

            (loss, batch_stats), grads = jax.value_and_grad(loss_fn, has_aux=True)(variables["params"])
            updates, opt_state = tx.update(grads, opt_state, variables["params"])
            params = optax.apply_updates(variables["params"], updates)
            return {"params": params, "batch_stats": batch_stats}, opt_state, loss

        _STEPS[model] = step
    return _STEPS[model](variables, opt_state, images, labels)


def eval_step(model: nn.Module, variables: Any, images: jax.Array) -> jax.Array:
    return model.apply(variables, images, False)
