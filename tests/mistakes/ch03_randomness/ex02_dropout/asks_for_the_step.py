"""`train_apply` asks Python what the step is, with an `if` or `int(...)`. Under
`jax.jit` the step is a tracer and has no value yet, so JAX raises an error.
`jax.random.fold_in(key, step)` needs no value, and step 0 no case of its own.
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
    if step > 0:
        key = jax.random.fold_in(key, step)
    return model.apply(variables, x, train=True, rngs={"dropout": key})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
