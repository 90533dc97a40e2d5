"""The exact gelu uses scipy.special.erf, a NumPy function; right when called
directly, raises a tracer error under jax.jit and jax.grad.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import erf


def exact_gelu(x):
    return 0.5 * x * (1.0 + erf(x / np.float32(np.sqrt(2.0))))


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        B, T, C = x.shape
        q, k, v = jnp.split(nn.Dense(3 * C, name="c_attn")(x), 3, axis=-1)
        q, k, v = (a.reshape(B, T, self.heads, C // self.heads) for a in (q, k, v))
        y = nn.dot_product_attention(q, k, v, mask=nn.make_causal_mask(x[..., 0]))
        return nn.Dense(C, name="c_proj")(y.reshape(B, T, C))


class MLP(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        C = x.shape[-1]
        return nn.Dense(C, name="c_proj")(exact_gelu(nn.Dense(4 * C, name="c_fc")(x)))


class Block(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-5, name="ln_1")(x))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-5, name="ln_2")(x))


def block(params: Any, x: jax.Array, heads: int) -> jax.Array:
    return Block(heads).apply({"params": params}, x)
