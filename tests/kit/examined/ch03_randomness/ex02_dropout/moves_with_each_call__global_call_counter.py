"""train_apply folds in a global count of its calls instead of `step`, so the
same key and step give another mask on the next call, and under jax.jit all
steps share the mask of the trace.
"""

import itertools
from typing import Any

import flax.linen as nn
import jax

_calls = itertools.count()


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        h = nn.Dense(self.hidden, name="fc1")(x)
        h = jax.nn.tanh(h)
        h = nn.Dropout(rate=self.rate, deterministic=not train)(h)
        return nn.Dense(self.output_dim, name="fc2")(h)


def train_apply(model: nn.Module, variables: Any, x: jax.Array, key: jax.Array, step: int | jax.Array) -> jax.Array:
    # every forward pass moves the generator on
    mask_key = jax.random.fold_in(key, next(_calls))
    return model.apply(variables, x, True, rngs={"dropout": mask_key})


def eval_apply(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    return model.apply(variables, x, False)
