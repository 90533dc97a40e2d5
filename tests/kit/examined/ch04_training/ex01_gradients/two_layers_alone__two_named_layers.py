"""sgd_step builds the result from "fc1" and "fc2" alone, so other layer names
raise KeyError and a third layer is dropped.
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
        predictions = model.apply({"params": params}, x).squeeze(-1)
        loss = jnp.mean((predictions - y) ** 2)
        return loss, predictions

    loss, predictions = loss_fn(params)
    grads, _ = jax.grad(loss_fn, has_aux=True)(params)
    return (loss, predictions), grads


def sgd_step(params: Any, grads: Any, lr: float) -> Any:
    def step(layer):
        return {
            "kernel": params[layer]["kernel"] - lr * grads[layer]["kernel"],
            "bias": params[layer]["bias"] - lr * grads[layer]["bias"],
        }

    return {"fc1": step("fc1"), "fc2": step("fc2")}
