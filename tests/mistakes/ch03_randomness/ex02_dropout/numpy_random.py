"""The mask cannot be repeated from the key: it comes from a generator that
moves with each call, such as NumPy's. Draw with `jax.random` and the key of
self.make_rng("dropout"), or use nn.Dropout.
"""

import flax.linen as nn
import jax
import numpy as np


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x, train):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        if train:
            x = x * (np.random.rand(*x.shape) > self.rate) / (1 - self.rate)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
