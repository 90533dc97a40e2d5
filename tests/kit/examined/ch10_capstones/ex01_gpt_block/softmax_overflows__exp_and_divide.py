from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        batch, time, width = x.shape
        parts = jnp.split(nn.Dense(3 * width, name="c_attn")(x), 3, axis=-1)
        q, k, v = (part.reshape(batch, time, self.heads, width // self.heads) for part in parts)
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / jnp.sqrt(width // self.heads)
        weights = jnp.exp(scores) * nn.make_causal_mask(x[..., 0])
        weights = weights / weights.sum(axis=-1, keepdims=True)
        y = jnp.einsum("bhqk,bkhd->bqhd", weights, v)
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
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, name="ln_1")(x))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, name="ln_2")(x))


def block(params: Any, x: jax.Array, heads: int) -> jax.Array:
    return Block(heads).apply({"params": params}, x)
