"""With a small `rate`, FlaxNet drops other than so many units, perhaps none.
Usually the rate is compared with draws of few values, such as bytes or numbers
of half precision, and is thereby rounded to one of them. Compare it with
`jax.random.uniform` in float32, or use nn.Dropout.
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
        if train:
            draws = jax.random.bits(self.make_rng("dropout"), x.shape, jnp.uint8)
            x = jnp.where(draws >= int(256 * self.rate), x / (1 - self.rate), 0)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
