"""The step's key comes from a Python loop of splits: right numbers, but slow
late in a run, and not traceable.
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
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    for _ in range(step):
        key, _ = jax.random.split(key)
    _, sub = jax.random.split(key)
    return model.apply(variables, x, True, rngs={"dropout": sub})


def eval_apply(model, variables, x):
    return model.apply(variables, x, False)
