"""The loss is half of PyTorch's, and so are all gradients. Usually that is
`optax.l2_loss`, which is 0.5 * (prediction - y) ** 2. The square without the
half is `optax.squared_error`, or `(predictions - y) ** 2`.
"""

import flax.linen as nn
import jax
import optax


class FlaxMLP(nn.Module):
    hidden: int

    @nn.compact
    def __call__(self, x):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_and_grad(model, params, x, y):
    def loss_fn(params):
        predictions = model.apply({"params": params}, x).squeeze(-1)
        return optax.l2_loss(predictions, y).mean(), predictions

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
