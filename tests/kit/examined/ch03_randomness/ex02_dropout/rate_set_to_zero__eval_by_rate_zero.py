"""eval_apply runs a clone with rate=0 in train mode, so a model without a field
`rate`, or whose eval mode differs in more than the rate, raises or gives its
train-mode output.
"""

from typing import Any

import flax.linen as nn
import jax


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.tanh(x)
        x = nn.Dropout(self.rate, deterministic=not train)(x)
        x = nn.Dense(self.output_dim, name="fc2")(x)
        return x


def train_apply(model: nn.Module, variables: Any, x: jax.Array, key: jax.Array, step: int | jax.Array) -> jax.Array:
    return model.apply(variables, x, True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    return model.clone(rate=0.0).apply(variables, x, True)
