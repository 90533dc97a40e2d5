"""sgd_step pairs the layers of params and grads by position in the dict;
gradients come back with sorted names, so layers not in alphabetical order (such
as "hidden", "embed") get each other's gradients.
"""

from typing import Any

import flax.linen as nn
import jax


class FlaxMLP(nn.Module):
    """in_dim -> hidden -> tanh -> 1; in_dim comes from the input."""

    hidden: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_and_grad(model: nn.Module, params: Any, x: jax.Array, y: jax.Array) -> tuple[tuple[jax.Array, jax.Array], Any]:
    def f(p):
        yhat = model.apply({"params": p}, x)[..., 0]
        return ((yhat - y) ** 2).mean(), yhat

    return jax.value_and_grad(f, has_aux=True)(params)


def sgd_step(params: Any, grads: Any, lr: float) -> Any:
    new = {}
    for (layer, p), g in zip(params.items(), grads.values(), strict=False):
        new[layer] = {name: p[name] - lr * g[name] for name in p}
    return new
