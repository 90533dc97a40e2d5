"""NaN where a later step has by far the largest score: the softmax leaves 0 for
all others, and 0 / 0 is NaN. Usually the weights of later steps are set to 0
after the softmax, and the rest is divided by its sum. Block these steps in the
scores, before the softmax: `jnp.where(past, scores, -jnp.inf)`.
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
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / (width // self.heads) ** 0.5
        weights = nn.softmax(scores)
        weights = weights * jnp.tri(time)
        weights = weights / weights.sum(-1, keepdims=True)
        y = jnp.einsum("bhqk,bkhd->bqhd", weights, v)
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
