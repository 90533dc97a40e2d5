"""A bare squeeze() after the split also drops the axis of one head or of one
step; heads == 1 or time == 1 with batch > 1 raises.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        b, t, e = x.shape
        qkv = nn.Dense(3 * e, name="c_attn")(x).reshape(b, t, 3, self.heads, e // self.heads)
        q, k, v = (p.squeeze() for p in jnp.split(qkv, 3, axis=2))
        y = nn.dot_product_attention(q, k, v, mask=nn.make_causal_mask(x[..., 0]))
        return nn.Dense(e, name="c_proj")(y.reshape(b, t, e))


class MLP(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        *_, e = x.shape
        x = nn.gelu(nn.Dense(4 * e, name="c_fc")(x), approximate=False)
        return nn.Dense(e, name="c_proj")(x)


class Block(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        ln_1 = nn.LayerNorm(epsilon=1e-5, name="ln_1")
        ln_2 = nn.LayerNorm(epsilon=1e-5, name="ln_2")
        attn = Attention(heads=self.heads, name="attn")
        mlp = MLP(name="mlp")
        x = x + attn(ln_1(x))
        return x + mlp(ln_2(x))


def block(params: Any, x: jax.Array, heads: int) -> jax.Array:
    return Block(heads).apply({"params": params}, x)
