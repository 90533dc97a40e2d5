"""The dict that came in has the new values afterwards, as with `p -= lr *
p.grad` in PyTorch. Other code that holds these params now has the new ones too.
Build a new dict, inner dicts included: `jax.tree.map` does.
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

    return jax.value_and_grad(loss_fn, has_aux=True)(params)


def sgd_step(params, grads, lr):
    for layer in params:
        for name in params[layer]:
            params[layer][name] -= lr * grads[layer][name]
    return params
