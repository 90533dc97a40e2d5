"""Neighboring late steps have one mask, where the early ones each have their
own. Usually the step was made a float32, which has no whole number next to
10**9. Fold the step in as it is: `jax.random.fold_in(key, step)`.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


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
    key = jax.random.fold_in(key, jnp.float32(step).astype(jnp.int32))
    return model.apply(variables, x, train=True, rngs={"dropout": key})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
