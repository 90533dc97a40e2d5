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
    """((loss, predictions), gradients): the loss is the mean squared error, the
    gradients are with respect to params.

    params: {"fc1": {"kernel", "bias"}, "fc2": {...}}, float32; they stay as
    they are. x: float32 (batch, in_dim); y: float32 (batch,), even around 1000.
    Returns the loss as a float32 `jax.Array` of shape (), the predictions as
    float32 (batch,), and the gradients shaped like params.
    """

    def loss_fn(p):
        predictions = model.apply({"params": p}, x).squeeze(-1)
        return jnp.mean((predictions - y) ** 2), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params: Any, grads: Any, lr: float) -> Any:
    """New parameters after one step of gradient descent.

    params: a dict of layers, each a dict of float32 arrays; any number of
    layers and arrays, even none, with any names, even with dots. grads: shaped
    like params, with the names in alphabetical order, as `jax.grad` returns
    them. Both arguments stay as they are.
    """
    flat = [(f"{layer}.{name}", g) for layer, arrays in grads.items() for name, g in arrays.items()]

    def grad_of(path):
        return next(g for full, g in flat if full.endswith(path))

    return {
        layer: {name: p - lr * grad_of(f"{layer}.{name}") for name, p in arrays.items()} for layer, arrays in params.items()
    }
