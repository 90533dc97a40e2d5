"""`init` finds no parameters: the weights are plain arrays. It collects only
what is declared, by a layer such as `nn.Dense`, or by `self.param(name,
initializer, shape)`. PyTorch notices a `torch.nn.Parameter` because it is an
attribute; Flax does not notice an array.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    output_dim: int

    def setup(self):
        first, second = jax.random.split(jax.random.key(0))
        self.w1 = jax.random.normal(first, (10, 128))
        self.w2 = jax.random.normal(second, (128, self.output_dim))

    def __call__(self, x):
        return nn.relu(x @ self.w1 + jnp.zeros(128)) @ self.w2
