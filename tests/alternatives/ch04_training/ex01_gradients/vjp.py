"""`jax.vjp`, on which `jax.grad` is built; the step with flat arrays."""

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree


class FlaxMLP(nn.Module):
    hidden: int

    @nn.compact
    def __call__(self, x):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(1, name="fc2")(x)


def loss_and_grad(model, params, x, y):
    def loss_fn(params):
        predictions = jnp.reshape(model.apply({"params": params}, x), y.shape)
        return jnp.mean(jnp.square(predictions - y)), predictions

    loss, backward, predictions = jax.vjp(loss_fn, params, has_aux=True)
    (grads,) = backward(jnp.ones_like(loss))
    return (loss, predictions), grads


def sgd_step(params, grads, lr):
    flat, unravel = ravel_pytree(params)
    return unravel(flat - lr * ravel_pytree(grads)[0])
