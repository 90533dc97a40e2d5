"""A key is split off for each of 10,000 steps; later ones have the last key."""

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
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    keys = jax.random.split(key, 10_000)
    return model.apply(variables, x, train=True, rngs={"dropout": keys[step]})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
