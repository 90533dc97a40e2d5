"""Cuts the causal mask from a table of a hard-coded context of 32 steps, as
TorchBlock's buffer; raises for time > 32, which block allows.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

CONTEXT = 32
PAST = np.tril(np.ones((1, 1, CONTEXT, CONTEXT), dtype=bool))


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        batch, time, width = x.shape
        parts = jnp.split(nn.Dense(3 * width, name="c_attn")(x), 3, axis=-1)
        q, k, v = [part.reshape(batch, time, self.heads, -1) for part in parts]
        y = nn.dot_product_attention(q, k, v, mask=PAST[:, :, :time, :time])
        return nn.Dense(width, name="c_proj")(y.reshape(batch, time, width))


class MLP(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        width = x.shape[-1]
        x = nn.gelu(nn.Dense(4 * width, name="c_fc")(x), approximate=False)
        return nn.Dense(width, name="c_proj")(x)


class Block(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        y = nn.LayerNorm(epsilon=1e-5, name="ln_1")(x)
        x = x + Attention(self.heads, name="attn")(y)
        y = nn.LayerNorm(epsilon=1e-5, name="ln_2")(x)
        return x + MLP(name="mlp")(y)


def block(params: Any, x: jax.Array, heads: int) -> jax.Array:
    return Block(heads).apply({"params": params}, x)
