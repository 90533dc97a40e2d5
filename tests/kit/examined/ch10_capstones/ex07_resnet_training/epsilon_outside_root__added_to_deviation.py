"""eps is added to the standard deviation, sqrt(var) + eps, and not to the
variance under the root.
"""

from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        features = (x.shape[-1],)
        running = {
            "mean": self.variable("batch_stats", "mean", lambda: jnp.zeros(features, jnp.float32)),
            "var": self.variable("batch_stats", "var", lambda: jnp.ones(features, jnp.float32)),
        }
        weight = self.param("scale", lambda key: jnp.ones(features, jnp.float32))
        bias = self.param("bias", lambda key: jnp.zeros(features, jnp.float32))
        if not train:
            return weight * 1 / (jnp.sqrt(running["var"].value) + self.eps) * (x - running["mean"].value) + bias
        flat = x.reshape(-1, x.shape[-1])
        centre = flat.mean(0)
        squares = jnp.square(flat - centre).sum(0)
        if not self.is_initializing():
            new = {"mean": centre, "var": squares / (len(flat) - 1)}
            for name, variable in running.items():
                variable.value += self.momentum * (new[name] - variable.value)
        return weight * 1 / (jnp.sqrt(squares / len(flat)) + self.eps) * (x - centre) + bias


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


@partial(jax.jit, static_argnums=(0, 1))
def train_step(model, tx, variables, opt_state, images, labels):
    params, stats = variables["params"], variables["batch_stats"]

    def objective(params):
        logits, state = model.apply({"params": params, "batch_stats": stats}, images, train=True, mutable=["batch_stats"])
        one_hot = jax.nn.one_hot(labels, logits.shape[-1])
        loss = -(one_hot * jax.nn.log_softmax(logits)).sum(-1).mean()
        return loss, (loss, state)

    grads, (loss, state) = jax.grad(objective, has_aux=True)(params)
    updates, opt_state = tx.update(grads, opt_state, params)
    params = jax.tree.map(lambda p, u: p + u, params, updates)
    return dict(state, params=params), opt_state, loss


def eval_step(model, variables, images):
    return model.apply(variables, images, train=False)
