"""It squares jnp.linalg.norm of the differences, whose gradient at zero is nan,
so the gradients are nan instead of 0 where all predictions equal y exactly.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    """in_dim -> hidden -> tanh -> 1; in_dim comes from the input."""

    hidden: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_and_grad(model: nn.Module, params: Any, x: jax.Array, y: jax.Array) -> tuple[tuple[jax.Array, jax.Array], Any]:
    def loss_fn(params):
        predictions = model.apply({"params": params}, x).ravel()
        loss = jnp.linalg.norm(predictions - y) ** 2 / y.shape[0]
        return loss, predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params: Any, grads: Any, lr: float) -> Any:
    scaled = jax.tree.map(lambda g: -lr * g, grads)
    return jax.tree.map(jnp.add, params, scaled)
