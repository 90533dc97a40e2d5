"""`train_apply` makes a number of keys that depends on the step. That number is
a shape, and under `jax.jit` a shape cannot depend on the step's value.
`jax.random.fold_in(key, step)` can.
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
    key = jax.random.split(key, step + 1)[step]
    return model.apply(variables, x, train=True, rngs={"dropout": key})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
