"""A row of the batch is dropped with all its units or not at all. PyTorch draws
for each element; so does nn.Dropout, unless broadcast_dims has the last axis,
and a mask of your own, if its shape is that of x.
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
        x = nn.Dropout(self.rate, deterministic=not train, broadcast_dims=(-1,))(x)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
