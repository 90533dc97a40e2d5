"""FlaxNet does not find its numbers: what is called "fc1" and "fc2" in the
params has another name in it. A layer without a name is called Dense_0, Dense_1
and so on. Give each layer its name: `nn.Dense(self.hidden, name="fc1")`, or an
attribute of that name in `setup`.
"""

import flax.linen as nn
import jax


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x, train):
        x = nn.tanh(nn.Dense(self.hidden)(x))
        x = nn.Dropout(self.rate, deterministic=not train)(x)
        return nn.Dense(self.output_dim)(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
