"""`sgd_step` asks every layer for a kernel and a bias, and raises an error
where a layer has no bias. Other layers have other arrays, as a norm has its
scale. Take the names that are there: `jax.tree.map` goes over all arrays,
whatever they are called.
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
    def step(layer, name):
        return params[layer][name] - lr * grads[layer][name]

    return {layer: {"kernel": step(layer, "kernel"), "bias": step(layer, "bias")} for layer in params}
