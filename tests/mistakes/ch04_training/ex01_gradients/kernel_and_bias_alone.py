"""`sgd_step` moves the arrays called kernel and bias alone. Arrays of other
names are missing from the result, or stay as they were. Usually the two names
are written into the code. A norm has a scale, an embedding a table: go over all
arrays that a layer has, as `jax.tree.map` does.
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
        predictions = model.apply({"params": params}, x).squeeze(-1)
        return jnp.mean((predictions - y) ** 2), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params, grads, lr):
    return {
        layer: {name: arrays[name] - lr * grads[layer][name] for name in ("kernel", "bias") if name in arrays}
        for layer, arrays in params.items()
    }
