"""For one model, the output goes on with the weights of an earlier call.
Usually something is kept for each model or each dict, such as a bound model or
a compiled function. `model` holds no weights, and a dict can change between two
calls: `model.apply(variables, ...)` reads those of this call. To compile, pass
the variables as an argument of the function that `jax.jit` compiles.
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


BOUND = {}


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    bound = BOUND.setdefault(model, model.bind(variables))
    return bound(x, False)
