"""Three values are returned side by side. What was expected is a pair: (loss,
predictions) first, then the gradients. `jax.value_and_grad` returns it in this
form if `has_aux=True`; usually its result was unpacked and put together again.
Return it as it comes, or write the inner parentheses: `return (loss,
predictions), grads`.
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

    (loss, predictions), grads = jax.value_and_grad(loss_fn, has_aux=True)(params)
    return loss, predictions, grads


def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
