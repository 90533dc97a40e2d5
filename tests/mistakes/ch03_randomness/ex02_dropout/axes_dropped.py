"""Axes of size 1 are missing from the output: a batch of one row comes back
without its batch axis, or one output without its own. Usually that is a
`squeeze()`. PyTorch keeps all axes; return the output as it is.
"""

import flax.linen as nn
import jax


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x, train):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        x = nn.Dropout(self.rate, deterministic=not train)(x)
        return nn.Dense(self.output_dim, name="fc2")(x).squeeze()


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)}).squeeze()


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False).squeeze()
