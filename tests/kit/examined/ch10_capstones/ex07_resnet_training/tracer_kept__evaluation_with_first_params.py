"""The evaluation uses the parameters that the training began with, and the
statistics of now. From google/flax pull request #3982 (the BatchNorm guide's
eval_step read the outer `params`).
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax

FIRST = {}


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x, train):
        f = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (f,))
        bias = self.param("bias", nn.initializers.zeros, (f,))
        ra_mean = self.variable("batch_stats", "mean", jnp.zeros, (f,))
        ra_var = self.variable("batch_stats", "var", jnp.ones, (f,))
        if train:
            mean, var, n = x.mean((0, 1, 2)), x.var((0, 1, 2)), x.size // f
            if not self.is_initializing():
                ra_mean.value = (1 - self.momentum) * ra_mean.value + self.momentum * mean
                ra_var.value = (1 - self.momentum) * ra_var.value + self.momentum * var * n / (n - 1)
        else:
            mean, var = ra_mean.value, ra_var.value
        return (x - mean) / jnp.sqrt(var + self.eps) * scale + bias


class Block(nn.Module):
    channels: int
    stride: int

    @nn.compact
    def __call__(self, x, train):
        y = nn.Conv(self.channels, (3, 3), self.stride, padding=1, use_bias=False, name="conv1")(x)
        y = nn.relu(TorchBN(name="bn1")(y, train))
        y = nn.Conv(self.channels, (3, 3), padding=1, use_bias=False, name="conv2")(y)
        y = TorchBN(name="bn2")(y, train)
        if self.stride != 1 or x.shape[-1] != self.channels:
            x = nn.Conv(self.channels, (1, 1), self.stride, use_bias=False, name="downsample_0")(x)
            x = TorchBN(name="downsample_1")(x, train)
        return nn.relu(y + x)


class ResNet(nn.Module):
    blocks: tuple
    classes: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Conv(6, (7, 7), strides=2, padding=3, use_bias=False, name="conv1")(x)
        x = nn.relu(TorchBN(name="bn1")(x, train))
        x = nn.max_pool(x, (3, 3), (2, 2), ((1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            x = Block(channels, stride, name=f"layers_{i}")(x, train)
        return nn.Dense(self.classes, name="fc")(x.mean((1, 2)))


def train_step(model, tx, variables, opt_state, images, labels):
    def loss_fn(params):
        logits, new = model.apply(
            {"params": params, "batch_stats": variables["batch_stats"]}, images, True, mutable=["batch_stats"]
        )
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean(), new

    (loss, new), grads = jax.value_and_grad(loss_fn, has_aux=True)(variables["params"])
    updates, opt_state = tx.update(grads, opt_state, variables["params"])
    return {"params": optax.apply_updates(variables["params"], updates), "batch_stats": new["batch_stats"]}, opt_state, loss


def eval_step(model, variables, images):
    params = FIRST.setdefault(model, variables["params"])
    return model.apply({"params": params, "batch_stats": variables["batch_stats"]}, images, False)
