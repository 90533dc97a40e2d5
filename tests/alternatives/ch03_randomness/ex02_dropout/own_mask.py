"""The mask drawn by hand, with a key from the module; another way to a key for
each step.
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
        if train:
            keep = jax.random.uniform(self.make_rng("dropout"), x.shape) >= self.rate
            x = x * keep / (1 - self.rate)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.split(jax.random.fold_in(key, step), 2)[1]})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
