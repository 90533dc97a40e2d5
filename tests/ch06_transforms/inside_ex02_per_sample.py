"""What runs beside the learner's code for 6.2 per_sample."""

from typing import Any

import jax
import jax.numpy as jnp


def _mlp(params: Any, x: jax.Array) -> jax.Array:
    fc1, fc2 = params["net"]["layers"] if "net" in params else (params["fc1"], params["fc2"])
    hidden = jnp.tanh(x @ fc1["kernel"] + fc1["bias"])
    y = hidden @ fc2["kernel"] + fc2["bias"]
    return y[:, params["order"]] if "order" in params else y


def kept(tree: Any) -> Any:
    """The tree itself, to be fetched later. Its keys keep their order."""
    return tree


class Forward:
    """TorchMLP, and how often Python has run it. `centered`: without the mean
    over the batch.
    """

    def __init__(self, centered: bool = False) -> None:
        self.count, self.centered = 0, centered

    def __call__(self, params: Any, x: jax.Array) -> jax.Array:
        self.count += 1
        y = _mlp(params, x)
        return y - y.mean(axis=0) if self.centered else y


class Loss:
    """TorchMLP's mean squared error for one sample, and how often Python has
    run it.
    """

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
        self.count += 1
        error = _mlp(params, x) - y
        return jnp.sum(error**2) / len(error)  # the mean for one sample, and not for a batch of one
