"""The square root of the mean squared error is taken."""

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


def loss_and_grad(model: nn.Module, params: Any, x: jax.Array, y: jax.Array):
    def loss_fn(p):
        predictions = model.apply({"params": p}, x).squeeze(-1)
        return jnp.sqrt(jnp.mean((predictions - y) ** 2)), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params: Any, grads: Any, lr: float):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
