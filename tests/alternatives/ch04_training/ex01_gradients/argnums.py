"""The loss at the top of the file, and argnums; the step with optax."""

import flax.linen as nn
import jax
import optax


class FlaxMLP(nn.Module):
    hidden: int

    @nn.compact
    def __call__(self, x):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_fn(model, x, y, params):
    predictions = model.apply({"params": params}, x)[:, 0]
    return optax.squared_error(predictions, y).mean(), predictions


def loss_and_grad(model, params, x, y):
    return jax.value_and_grad(loss_fn, argnums=3, has_aux=True)(model, x, y, params)


def sgd_step(params, grads, lr):
    tx = optax.sgd(lr)
    updates, _ = tx.update(grads, tx.init(params))
    return optax.apply_updates(params, updates)
