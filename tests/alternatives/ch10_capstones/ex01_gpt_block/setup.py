"""Modules with `setup`, and JAX's own attention."""

import flax.linen as nn
import jax


class Attention(nn.Module):
    width: int
    heads: int

    def setup(self):
        self.c_attn = nn.Dense(3 * self.width)
        self.c_proj = nn.Dense(self.width)

    def __call__(self, x):
        fused = self.c_attn(x).reshape(*x.shape[:2], 3 * self.heads, -1)
        q, k, v = fused[:, :, : self.heads], fused[:, :, self.heads : -self.heads], fused[:, :, -self.heads :]
        return self.c_proj(jax.nn.dot_product_attention(q, k, v, is_causal=True).reshape(x.shape))


class MLP(nn.Module):
    width: int

    def setup(self):
        self.c_fc = nn.Dense(4 * self.width)
        self.c_proj = nn.Dense(self.width)

    def __call__(self, x):
        return self.c_proj(jax.nn.gelu(self.c_fc(x), approximate=False))


class Block(nn.Module):
    width: int
    heads: int

    def setup(self):
        self.ln_1 = nn.LayerNorm(1e-5, use_fast_variance=False)
        self.attn = Attention(self.width, self.heads)
        self.ln_2 = nn.LayerNorm(1e-5, use_fast_variance=False)
        self.mlp = MLP(self.width)

    def __call__(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


def block(params, x, heads):
    return Block(x.shape[-1], heads).apply({"params": params}, x)
