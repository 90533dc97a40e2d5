"""Called again with the same key and step, `train_apply` drops other units.
Usually something outside of it moves with each call, as PyTorch's generator
does: a count of the calls, or a key in a global variable. Under `jax.jit` that
moves only while the function is traced. The step is given:
`jax.random.fold_in(key, step)`.
"""

import flax.linen as nn
import jax

calls = []


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
    calls.append(step)
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, len(calls))})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
