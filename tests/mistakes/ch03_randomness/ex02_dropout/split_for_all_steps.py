"""All steps from some point on have one mask. Usually the key is split into a
fixed number of keys and indexed with the step: JAX raises no error for an index
past the end, it takes the last. `jax.random.fold_in(key, step)` has no end.
"""

import flax.linen as nn
import jax

FREE = {"COUNT": [100, 10000]}
COUNT = 1000


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
    key = jax.random.split(key, COUNT)[step]
    return model.apply(variables, x, train=True, rngs={"dropout": key})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
