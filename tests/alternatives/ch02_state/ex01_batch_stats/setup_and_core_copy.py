"""Layers in setup, and Flax's own function for a copy with other entries."""

import flax
import flax.linen as nn
import jax.numpy as jnp


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    def setup(self):
        self.fc1 = nn.Dense(self.hidden)
        self.bn = nn.BatchNorm(momentum=0.9)
        self.fc2 = nn.Dense(self.output_dim)

    def __call__(self, x, train):
        x = self.bn(self.fc1(x), use_running_average=not train)
        return self.fc2(jnp.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, flax.core.copy(variables, updates)


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
