"""Each step sees the later ones, and the past counts for e times as much.
Usually the mask of ones and zeros is added to the scores, as `bias=`. A mask of
booleans, `mask=`, leaves the later steps out.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class Attention(nn.Module):
    """Causal self-attention. Its layers are named c_attn and c_proj."""

    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, time, width). Returns the same shape."""
        batch, time, width = x.shape
        parts = jnp.split(nn.Dense(3 * width, name="c_attn")(x), 3, axis=-1)
        q, k, v = (part.reshape(batch, time, self.heads, -1) for part in parts)
        y = nn.dot_product_attention(q, k, v, bias=nn.make_causal_mask(x[..., 0]))
        return nn.Dense(width, name="c_proj")(y.reshape(batch, time, width))


class MLP(nn.Module):
    """width -> 4 * width -> gelu -> width. Its layers are named c_fc and
    c_proj.
    """

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, time, width). Returns the same shape."""
        width = x.shape[-1]
        y = nn.Dense(4 * width, name="c_fc")(x)
        y = nn.gelu(y, approximate=False)
        return nn.Dense(width, name="c_proj")(y)


class Block(nn.Module):
    """Attention and MLP, each after its own norm. The four are named ln_1,
    attn, ln_2 and mlp.
    """

    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, time, width). Returns the same shape."""
        y = nn.LayerNorm(epsilon=1e-5, name="ln_1")(x)
        x = x + Attention(self.heads, name="attn")(y)
        y = nn.LayerNorm(epsilon=1e-5, name="ln_2")(x)
        return x + MLP(name="mlp")(y)


def block(params: Any, x: jax.Array, heads: int) -> jax.Array:
    """Return what TorchBlock computes.

    params: TorchBlock's weights, float32, in the tree shown at the top.
    x: float32 (batch, time, width). Returns the same shape.
    """
    return Block(heads).apply({"params": params}, x)
