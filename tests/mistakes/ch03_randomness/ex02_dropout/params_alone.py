"""The model receives its params alone: one that reads another collection too
raises an error. `variables` has all that the model reads, as a state_dict has
buffers beside parameters. Pass it as it is: `model.apply(variables, ...)`.
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
    return model.apply({"params": variables["params"]}, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply({"params": variables["params"]}, x, train=False)
