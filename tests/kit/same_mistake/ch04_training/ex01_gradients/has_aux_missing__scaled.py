"""The sum by hand, so that the message prints a loss that is a little different
in its last digits.
"""

import flax.linen as nn
import jax


class FlaxMLP(nn.Module):
    hidden: int

    @nn.compact
    def __call__(self, x):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def mean_squared_error(weights, model, x, y):
    out = model.apply({"params": weights}, x)[..., 0]
    return sum(((y - out) / len(y) ** 0.5) ** 2), out


def loss_and_grad(model, params, x, y):
    return jax.value_and_grad(mean_squared_error)(params, model, x, y)


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
