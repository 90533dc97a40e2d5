"""`sgd_step` moves the layers fc1 and fc2 alone. All others are missing from
the result, or stay as they were. Usually the two names are written into the
code. Go over all layers that `params` has, whatever their names: `jax.tree.map`
does.
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
        "fc1": jax.tree.map(lambda p, g: p - lr * g, params["fc1"], grads["fc1"]),
        "fc2": jax.tree.map(lambda p, g: p - lr * g, params["fc2"], grads["fc2"]),
    }
