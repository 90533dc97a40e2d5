"""The gradients lie one level too deep, below "params". Usually the loss was
differentiated by the variables, {"params": params}, and a gradient has the
structure of what it is taken by. Differentiate by `params`, and build the
variables inside the loss function.
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
    def loss_fn(variables):
        predictions = model.apply(variables, x).squeeze(-1)
        return jnp.mean((predictions - y) ** 2), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)({"params": params})


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
