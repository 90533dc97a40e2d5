"""The loss is right and every gradient is 0: the function that is
differentiated does not use its argument. Usually the model is applied to the
outer `params`, or outside the function. Compute the predictions inside, from
the argument.
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
    predictions = model.apply({"params": params}, x).squeeze(-1)

    def loss_fn(params):
        return jnp.mean((predictions - y) ** 2), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
