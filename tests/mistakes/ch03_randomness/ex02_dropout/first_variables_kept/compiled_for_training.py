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


COMPILED = {}


def train_apply(model, variables, x, key, step):
    key = jax.random.fold_in(key, step)
    if isinstance(key, jax.core.Tracer):
        return model.apply(variables, x, train=True, rngs={"dropout": key})
    if model not in COMPILED:
        COMPILED[model] = jax.jit(lambda x, key: model.apply(variables, x, train=True, rngs={"dropout": key}))
    return COMPILED[model](x, key)


def eval_apply(model, variables, x):
    return model.apply(variables, x, train=False)
