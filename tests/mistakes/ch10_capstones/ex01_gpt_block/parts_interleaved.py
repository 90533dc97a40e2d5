"""Query, key and value take every third channel of c_attn's result each. In
this block the E channels of the query come first, then those of the key,
then those of the value: `jnp.split(y, 3, axis=-1)`.
"""

import flax.linen as nn


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x):
        batch, time, width = x.shape
        y = nn.Dense(3 * width, name="c_attn")(x).reshape(batch, time, width, 3)
        parts = (y[..., 0], y[..., 1], y[..., 2])
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
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-5, name="ln_1")(x))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-5, name="ln_2")(x))


def block(params, x, heads):
    return Block(heads).apply({"params": params}, x)
