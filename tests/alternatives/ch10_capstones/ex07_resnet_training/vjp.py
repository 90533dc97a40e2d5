"""nn.BatchNorm in TorchBN's own scope, its variance corrected afterwards; the
loss by hand; jax.vjp.
"""

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x, train):
        layer = nn.BatchNorm(
            use_running_average=not train, momentum=1 - self.momentum, epsilon=self.eps, use_fast_variance=False
        )
        nn.share_scope(self, layer)
        if not train or self.is_initializing():
            return layer(x)
        kept = (1 - self.momentum) * self.get_variable("batch_stats", "var")
        y = layer(x)
        n = x.size // x.shape[-1]
        new = self.get_variable("batch_stats", "var") - kept
        self.put_variable("batch_stats", "var", kept + new * n / (n - 1))
        return y


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
    stats, params = flax.core.pop(variables, "params")

    def loss_fn(params):
        logits, updates = model.apply({"params": params, **stats}, images, train=True, mutable=list(stats))
        chances = jax.nn.log_softmax(logits)
        return -jnp.take_along_axis(chances, labels[:, None], axis=1).mean(), updates

    loss, back, updates = jax.vjp(loss_fn, params, has_aux=True)
    (grads,) = back(jnp.ones_like(loss))
    changes, opt_state = tx.update(grads, opt_state, params)
    return {"params": jax.tree.map(jnp.add, params, changes), **updates}, opt_state, loss


def eval_step(model, variables, images):
    return model.apply(variables, images, train=False)
