"""The step is added to the key's data: key(0) at step 2 has the mask of key(1)
at step 1.
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
    data = jax.random.key_data(key)
    sub = jax.random.wrap_key_data(data.at[-1].add(jnp.asarray(step, data.dtype)))
    return model.apply(variables, x, True, rngs={"dropout": sub})


def eval_apply(model, variables, x):
    return model.apply(variables, x, False)
