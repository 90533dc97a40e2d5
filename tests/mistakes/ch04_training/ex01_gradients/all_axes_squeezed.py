"""For a batch of one the predictions have shape (), not (1,). Usually that is
`.squeeze()`: without an axis it removes every axis of size 1, the batch as
well, in JAX as in PyTorch. Remove the last axis alone, with `.squeeze(-1)` or
`[:, 0]`.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    hidden: int

    @nn.compact
    def __call__(self, x):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_and_grad(model, params, x, y):
    def loss_fn(params):
        predictions = model.apply({"params": params}, x).squeeze()
        return jnp.mean((predictions - y) ** 2), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
