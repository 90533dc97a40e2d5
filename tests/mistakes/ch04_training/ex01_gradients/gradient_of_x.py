"""The gradients have the shape of x: they are with respect to x.
`jax.value_and_grad` differentiates by the first argument of the function, or by
the one that `argnums` names. Put the parameters first, or name their place with
`argnums`.
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


def loss_fn(x, y, params, model):
    predictions = model.apply({"params": params}, x).squeeze(-1)
    return jnp.mean((predictions - y) ** 2), predictions


def loss_and_grad(model, params, x, y):
    return jax.value_and_grad(loss_fn, has_aux=True)(x, y, params, model)


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
