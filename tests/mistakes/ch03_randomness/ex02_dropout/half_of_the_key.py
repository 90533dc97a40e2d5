"""Two keys that have their second number in common have the same masks. Usually
that number is taken out of `jax.random.key_data(key)` as a seed. It is the
whole seed of `jax.random.key(seed)`, but half of a key that `split` or
`fold_in` returned. `jax.random.fold_in(key, step)` uses all of the key.
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
    key = jax.random.key(jax.random.key_data(key)[1])
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
