"""FlaxNet drops equally many units in every row. In PyTorch each element has a
draw of its own, so that their number varies from row to row. Usually units are
chosen, by `permutation`, `choice` or the order of some draws; draw
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
            kept = self.hidden - int(self.rate * self.hidden)
            keep = jnp.broadcast_to(jnp.arange(self.hidden) < kept, x.shape)
            keep = jax.random.permutation(self.make_rng("dropout"), keep, axis=1, independent=True)
            x = jnp.where(keep, x / (1 - self.rate), 0)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
