"""All steps have the same mask: the same units are dropped from the first step
to the last. The same key makes the same mask. Fold the step in:
`jax.random.fold_in(key, step)`.
"""

import flax.linen as nn


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
    return model.apply(variables, x, train=True, rngs={"dropout": key})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
