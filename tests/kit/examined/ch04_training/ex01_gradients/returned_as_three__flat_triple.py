"""Returns (loss, predictions, gradients) instead of ((loss, predictions),
gradients).
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    """in_dim -> hidden -> tanh -> 1; in_dim is seen from the input."""

    hidden: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_and_grad(model, params, x, y):
    def loss_fn(p):
        predictions = model.apply({"params": p}, x).squeeze(-1)
        return jnp.mean((predictions - y) ** 2), predictions

    (loss, predictions), grads = jax.value_and_grad(loss_fn, has_aux=True)(params)
    return loss, predictions, grads


def sgd_step(params: Any, grads: Any, lr: float):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
