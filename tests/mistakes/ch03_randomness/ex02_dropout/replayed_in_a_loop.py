"""`train_apply` runs a loop until it reaches the step, so that a late step
takes long, as the replayed draws in PyTorch do. `jax.random.fold_in(key, step)`
goes there directly.
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
    key = jax.lax.fori_loop(0, step, lambda _, k: jax.random.split(k)[0], jax.random.split(key)[1])
    return model.apply(variables, x, train=True, rngs={"dropout": key})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
