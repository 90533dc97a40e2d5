"""Layers in setup, the flag in the call; the key without a name."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    def setup(self):
        self.fc1 = nn.Dense(self.hidden)
        self.dropout = nn.Dropout(self.rate)
        self.fc2 = nn.Dense(self.output_dim)

    def __call__(self, x, train):
        return self.fc2(self.dropout(jnp.tanh(self.fc1(x)), deterministic=not train))


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs=jax.random.fold_in(key, step))


def eval_apply(model, variables, x):
    return model.bind(variables)(x, False)
