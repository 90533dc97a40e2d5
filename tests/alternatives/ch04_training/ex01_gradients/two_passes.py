"""Loss and predictions computed apart from the gradients; a FrozenDict for the
result of the step.
"""

import flax.linen as nn
import jax
from flax.core import freeze


class FlaxMLP(nn.Module):
    hidden: int

    @nn.compact
    def __call__(self, x):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_and_grad(model, params, x, y):
    def predict(params):
        return model.apply({"params": params}, x)[..., 0]

    def loss_fn(params):
        return ((predict(params) - y) ** 2).mean()

    return (loss_fn(params), predict(params)), jax.grad(loss_fn)(params)


def sgd_step(params, grads, lr):
    return freeze({n: {k: v - lr * grads[n][k] for k, v in layer.items()} for n, layer in params.items()})
