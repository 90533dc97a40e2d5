"""Tokens of a large table become different tokens. Usually they are kept with
16 bits each, as in files of tokens; int16 ends at 32767, uint16 at 65535. The
tokens that come are int32: pass them on as they are.
"""

import flax.linen as nn
import jax.numpy as jnp

FREE = {"DTYPE": ["uint16"]}
DTYPE = "int16"


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
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-5, name="ln_1")(x))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-5, name="ln_2")(x))


class GPT(nn.Module):
    vocab: int
    context: int
    width: int
    layers: int
    heads: int

    @nn.compact
    def __call__(self, tokens):
        time = tokens.shape[1]
        if time > self.context:
            raise ValueError(f"{time} tokens do not fit into a context of {self.context}")
        wte = nn.Embed(self.vocab, self.width, name="wte")
        wpe = nn.Embed(self.context, self.width, name="wpe")
        x = wte(tokens.astype(DTYPE)) + wpe(jnp.arange(time))
        for i in range(self.layers):
            x = Block(self.heads, name=f"h_{i}")(x)
        x = nn.LayerNorm(epsilon=1e-5, name="ln_f")(x)
        return wte.attend(x)


def logits(variables, tokens, heads):
    params = variables["params"]
    vocab, width = params["wte"]["embedding"].shape
    context = len(params["wpe"]["embedding"])
    layers = sum(name.startswith("h_") for name in params)
    return GPT(vocab, context, width, layers, heads).apply(variables, tokens)
