"""A softmax written out, with the one-line nesting's names."""

import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        logits = nn.Dense(self.output_dim)(jnp.maximum(nn.Dense(128)(x), 0.0))
        weights = jnp.exp(logits - logits.max(-1, keepdims=True))
        return weights / weights.sum(-1, keepdims=True)
