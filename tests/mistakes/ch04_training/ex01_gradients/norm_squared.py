"""Where y is what the model predicts, the gradients are NaN, and PyTorch's are
0. Usually the loss is the square of a norm or of another root: the slope of a
root is infinite at 0, and infinity times 0 is NaN. Square the differences
themselves: `jnp.mean((predictions - y) ** 2)`.
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
        return jnp.linalg.norm(predictions - y) ** 2 / len(y), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
