"""Gives JAX's attention (batch, H, time, D) as in PyTorch, so that heads attend
to heads and not steps to steps; wrong for all inputs with more than one head or
step.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class Attention(nn.Module):
    heads: int

    def _heads(self, part):
        batch, time, _ = part.shape
        return part.reshape(batch, time, self.heads, -1).swapaxes(1, 2)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        batch, time, width = x.shape
        parts = jnp.split(nn.Dense(3 * width, name="c_attn")(x), 3, axis=2)
        q, k, v = (self._heads(part) for part in parts)
        y = jax.nn.dot_product_attention(q, k, v, is_causal=True)
        y = y.swapaxes(1, 2).reshape(batch, time, width)
        return nn.Dense(width, name="c_proj")(y)


class MLP(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        width = x.shape[-1]
        x = nn.Dense(4 * width, name="c_fc")(x)
        x = nn.gelu(x, approximate=False)
        x = nn.Dense(width, name="c_proj")(x)
        return x


class Block(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        h = nn.LayerNorm(epsilon=1e-5, name="ln_1")(x)
        x = x + Attention(self.heads, name="attn")(h)
        h = nn.LayerNorm(epsilon=1e-5, name="ln_2")(x)
        x = x + MLP(name="mlp")(h)
        return x


def block(params: Any, x: jax.Array, heads: int) -> jax.Array:
    return Block(heads).apply({"params": params}, x)
