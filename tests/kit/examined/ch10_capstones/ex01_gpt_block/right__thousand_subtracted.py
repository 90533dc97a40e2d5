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
        q, k, v = (part.reshape(batch, time, self.heads, width // self.heads) for part in parts)
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / jnp.sqrt(width // self.heads)
        past = jnp.tril(jnp.ones((time, time), bool))
        scores = scores - 1000.0 * ~past
        y = jnp.einsum("bhqk,bkhd->bqhd", nn.softmax(scores), v)
        return nn.Dense(width, name="c_proj")(y.reshape(batch, time, width))


class MLP(nn.Module):
    """width -> 4 * width -> gelu -> width. Its layers are named c_fc and
    c_proj.
    """

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, time, width). Returns the same shape."""
        width = x.shape[-1]
        hidden = nn.gelu(nn.Dense(4 * width, name="c_fc")(x), approximate=False)
        return nn.Dense(width, name="c_proj")(hidden)


class Block(nn.Module):
    """Attention and MLP, each after its own norm. The four are named ln_1,
    attn, ln_2 and mlp.
    """

    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, time, width). Returns the same shape."""
        ln_1 = nn.LayerNorm(epsilon=1e-5, name="ln_1")
        ln_2 = nn.LayerNorm(epsilon=1e-5, name="ln_2")
        x = x + Attention(self.heads, name="attn")(ln_1(x))
        return x + MLP(name="mlp")(ln_2(x))


def block(params: Any, x: jax.Array, heads: int) -> jax.Array:
    """Return what TorchBlock computes.

    params: TorchBlock's weights, float32, in the tree shown at the top; they
    stay as they are. x: float32 (batch, time, width), of mean 0 or nearly.
    Returns the same shape. Right even for attention scores in the hundreds.
    """
    return Block(heads).apply({"params": params}, x)
