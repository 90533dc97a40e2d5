"""Attention and the MLP get x through the same norm, with one set of
parameters. The block has two: ln_1 before the attention, and ln_2 before the
MLP. Flax raises no error for parameters that no layer asks for.
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
        norm = nn.LayerNorm(epsilon=1e-5, name="ln_1")
        x = x + Attention(self.heads, name="attn")(norm(x))
        return x + MLP(name="mlp")(norm(x))


def block(params, x, heads):
    return Block(heads).apply({"params": params}, x)
