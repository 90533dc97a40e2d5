import flax.linen as nn
import jax
import jax.numpy as jnp


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x, real):
        batch, time, width = x.shape
        parts = jnp.split(nn.Dense(3 * width, name="c_attn")(x), 3, axis=-1)
        q, k, v = (part.reshape(batch, time, self.heads, -1) for part in parts)
        mask = nn.make_causal_mask(x[..., 0]).astype(bool)
        mask = mask & (real[:, None, None, :] | jnp.eye(time, dtype=bool))
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / jnp.sqrt(q.shape[-1])
        scores = jnp.where(mask, scores, -jnp.inf)
        weights = jax.nn.softmax(scores, axis=-1)
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
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-05, name="ln_1")(x), (x != 0).any(-1))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-05, name="ln_2")(x))


def block(params, x, heads):
    return Block(heads).apply({"params": params}, x)
