"""The output is dropped and not the hidden layer."""

import flax.linen as nn
import jax


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x, train):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        x = nn.Dense(self.output_dim, name="fc2")(x)
        return nn.Dropout(self.rate, deterministic=not train)(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, False)
