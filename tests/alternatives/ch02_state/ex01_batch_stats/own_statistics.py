"""The normalisation written out over variables of its own; all collections
mutable; the result frozen.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.core import freeze


class Normalise(nn.Module):
    @nn.compact
    def __call__(self, x, train):
        size = x.shape[-1]
        scale, bias = self.param("scale", nn.initializers.ones, (size,)), self.param("bias", nn.initializers.zeros, (size,))
        mean, var = (
            self.variable("batch_stats", name, fill, (size,)) for name, fill in (("mean", jnp.zeros), ("var", jnp.ones))
        )
        if not train:
            return (x - mean.value) / jnp.sqrt(var.value + 1e-5) * scale + bias
        batch_mean, batch_var = x.mean(0), x.var(0)
        if not self.is_initializing():
            mean.value = mean.value + 0.1 * (batch_mean - mean.value)
            var.value = var.value + 0.1 * (batch_var - var.value)
        return (x - batch_mean) * jax.lax.rsqrt(batch_var + 1e-5) * scale + bias


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = Normalise(name="bn")(nn.Dense(self.hidden, name="fc1")(x), train)
        return nn.Dense(self.output_dim, name="fc2")(jnp.tanh(x))


def train_step(model, variables, x):
    output, everything = model.apply(variables, x, True, mutable=True)
    return output, freeze(everything)


def eval_step(model, variables, x):
    return model.bind(variables)(x, False)
