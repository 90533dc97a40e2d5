import flax.linen as nn
import jax.numpy as jnp


class Norm(nn.Module):
    @nn.compact
    def __call__(self, x, train):
        size = x.shape[-1:]
        scale = self.param("scale", nn.initializers.ones, size)
        bias = self.param("bias", nn.initializers.zeros, size)
        mean = self.variable("batch_stats", "mean", jnp.zeros, size)
        var = self.variable("batch_stats", "var", jnp.ones, size)
        m, v = mean.value, var.value
        if train:
            m, v = x.mean(0), x.var(0)
            if not self.is_initializing():
                n = x.shape[0]
                mean.value = 0.9 * mean.value + 0.1 * m
                var.value = 0.9 * var.value + 0.1 * v * n / (n - 1)
        return (x - m) / jnp.sqrt(v + 1e-5) * scale + bias


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = Norm(name="bn")(nn.Dense(self.hidden, name="fc1")(x), train)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
