"""var takes in the batch's variance times n / (n - 1), PyTorch's factor, which
2.1 leaves to 5.2.
"""

import flax.linen as nn
import jax.numpy as jnp


class BatchNorm(nn.Module):
    @nn.compact
    def __call__(self, x, train):
        d = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (d,))
        bias = self.param("bias", nn.initializers.zeros, (d,))
        mean = self.variable("batch_stats", "mean", jnp.zeros, (d,))
        var = self.variable("batch_stats", "var", jnp.ones, (d,))
        m, v = mean.value, var.value
        if train:
            m, v = x.mean(0), x.var(0)
            if not self.is_initializing():
                mean.value = 0.9 * mean.value + 0.1 * m
                var.value = 0.9 * var.value + 0.1 * x.var(0, ddof=1)
        return (x - m) / jnp.sqrt(v + 1e-5) * scale + bias


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.tanh(BatchNorm(name="bn")(x, train))
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def eval_step(model, variables, x):
    return model.apply(variables, x, False)
