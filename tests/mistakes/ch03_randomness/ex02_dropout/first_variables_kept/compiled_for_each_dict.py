import functools

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


COMPILED = {}


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    key = model, id(variables)
    if key not in COMPILED:
        COMPILED[key] = variables, jax.jit(functools.partial(model.apply, variables, train=False))
    return COMPILED[key][1](x)
