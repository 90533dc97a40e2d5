"""`block` cannot run under `jax.jit`: it hands an array to NumPy, or to a
library that computes with NumPy. A tracer has no numbers for them. Usually that
is `scipy.special.erf` in a gelu, or `np.` where `jnp.` belongs. Write
`nn.gelu(x, approximate=False)`, `jax.scipy.special.erf`, `jnp.sqrt`,
`jnp.where`.
"""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np
from scipy.special import erf


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
        x = nn.Dense(4 * width, name="c_fc")(x)
        x = x * (1 + erf(x / np.float32(2**0.5))) / 2
        return nn.Dense(width, name="c_proj")(x)


class Block(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x):
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-5, name="ln_1")(x))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-5, name="ln_2")(x))


def block(params, x, heads):
    return Block(heads).apply({"params": params}, x)
