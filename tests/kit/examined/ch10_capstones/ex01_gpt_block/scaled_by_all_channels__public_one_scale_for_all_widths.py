"""The scores are scaled by all channels and not by those of a head. From
jax-ml/jax-ai-stack pull request #71 (`self.scale_factor = feat_dim**-0.5`,
right in the code of MaxViT itself), taken over into a GPT.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x):
        b, t, e = x.shape
        q, k, v = jnp.split(nn.Dense(3 * e, name="c_attn")(x), 3, axis=-1)
        q, k, v = (a.reshape(b, t, self.heads, -1) for a in (q, k, v))
        s = jnp.einsum("bqhd,bkhd->bhqk", q, k) * e**-0.5
        s = jnp.where(jnp.tril(jnp.ones((t, t), bool)), s, -jnp.inf)
        y = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(s), v)
        return nn.Dense(e, name="c_proj")(y.reshape(b, t, e))


class MLP(nn.Module):
    @nn.compact
    def __call__(self, x):
        e = x.shape[-1]
        return nn.Dense(e, name="c_proj")(nn.gelu(nn.Dense(4 * e, name="c_fc")(x), approximate=False))


class Block(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x):
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-5, name="ln_1")(x))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-5, name="ln_2")(x))


def block(params, x, heads):
    return Block(heads).apply({"params": params}, x)
