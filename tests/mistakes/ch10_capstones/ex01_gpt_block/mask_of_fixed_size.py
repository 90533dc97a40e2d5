"""A long text raises an error, or its steps are masked wrongly; shorter ones
are right. Usually the causal mask is cut from a table of a fixed size, as
TorchAttention cuts it from `bias`. `block` is not told the context: make the
mask as large as x is long, `nn.make_causal_mask(x[..., 0])`.
"""

import flax.linen as nn
import jax.numpy as jnp

FREE = {"CONTEXT": [16, 32, 64, 128, 256, 512]}
CONTEXT = 1024


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x):
        batch, time, width = x.shape
        parts = jnp.split(nn.Dense(3 * width, name="c_attn")(x), 3, axis=-1)
        q, k, v = (part.reshape(batch, time, self.heads, -1) for part in parts)
        past = jnp.tri(CONTEXT, dtype=bool)[None, None, :time, :time]
        y = nn.dot_product_attention(q, k, v, mask=past)
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
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-5, name="ln_1")(x))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-5, name="ln_2")(x))


def block(params, x, heads):
    return Block(heads).apply({"params": params}, x)
