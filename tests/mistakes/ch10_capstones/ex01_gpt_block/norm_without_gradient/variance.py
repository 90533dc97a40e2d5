import flax.linen as nn
import jax
import jax.numpy as jnp


class Norm(nn.Module):
    @nn.compact
    def __call__(self, x):
        scale = self.param("scale", nn.initializers.ones, x.shape[-1])
        bias = self.param("bias", nn.initializers.zeros, x.shape[-1])
        mean = x.mean(-1, keepdims=True)
        var = jax.lax.stop_gradient(x.var(-1, keepdims=True))
        return (x - mean) / jnp.sqrt(var + 1e-5) * scale + bias


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
        x = x + Attention(self.heads, name="attn")(Norm(name="ln_1")(x))
        return x + MLP(name="mlp")(Norm(name="ln_2")(x))


def block(params, x, heads):
    return Block(heads).apply({"params": params}, x)
