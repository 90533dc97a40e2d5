import flax.linen as nn
import jax
import jax.numpy as jnp

FREE = {"DTYPE": ["bfloat16"]}
DTYPE = "float16"


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int
    rate: float

    @nn.compact
    def __call__(self, x, train):
        x = nn.tanh(nn.Dense(self.hidden, name="fc1")(x))
        if train:
            draws = jax.random.uniform(self.make_rng("dropout"), x.shape, DTYPE)
            x = jnp.where(draws >= self.rate, x / (1 - self.rate), 0)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_apply(model, variables, x, key, step):
    return model.apply(variables, x, train=True, rngs={"dropout": jax.random.fold_in(key, step)})


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
