"""FlaxNet drops equally many units with each key. In PyTorch each element has a
draw of its own, so that their number varies. Usually a mask with that many
units is shuffled, or the units with the lowest draws are chosen. Draw
`jax.random.bernoulli` in x's shape, or use nn.Dropout.
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
            dropped = jnp.arange(x.size) < round(self.rate * x.size)
            dropped = jax.random.permutation(self.make_rng("dropout"), dropped).reshape(x.shape)
            x = jnp.where(dropped, 0, x / (1 - self.rate))
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
