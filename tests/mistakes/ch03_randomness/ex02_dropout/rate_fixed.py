"""FlaxNet drops equally often whatever its `rate`. The rate is a field of the
module: `nn.Dropout(self.rate, ...)`.
"""

import flax.linen as nn
import jax

FREE = {"RATE": [0.1, 0.2, 0.25, 0.3]}
RATE = 0.5


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x, train):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        x = nn.Dropout(RATE, deterministic=not train)(x)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
