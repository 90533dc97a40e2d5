"""FlaxNet calls make_rng in eval mode too, so model.apply(variables, x, False)
without a key raises; eval_apply hides it with a key that eval mode must not
need.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    def setup(self):
        self.fc1 = nn.Dense(self.hidden)
        self.fc2 = nn.Dense(self.output_dim)

    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        h = jnp.tanh(self.fc1(x))
        rng = self.make_rng("dropout")
        mask = jax.random.uniform(rng, h.shape) >= self.rate
        dropped = jnp.where(mask, h / (1.0 - self.rate), 0.0)
        return self.fc2(dropped if train else h)


def train_apply(model: nn.Module, variables: Any, x: jax.Array, key: jax.Array, step: int | jax.Array) -> jax.Array:
    k = jax.random.fold_in(key, step)
    return model.apply(variables, x, True, rngs={"dropout": k})


def eval_apply(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    unused = jax.random.key(0)
    return model.apply(variables, x, False, rngs={"dropout": unused})
