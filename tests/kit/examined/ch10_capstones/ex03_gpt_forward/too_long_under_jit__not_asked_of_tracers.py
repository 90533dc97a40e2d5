"""The length is tested only where tokens have values; under jax.jit a text that
is too long has a result.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


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

    def setup(self):
        self.wte = nn.Embed(self.vocab, self.width)
        self.wpe = nn.Embed(self.context, self.width)
        self.h = [Block(self.heads) for _ in range(self.layers)]
        self.ln_f = nn.LayerNorm(epsilon=1e-5)

    def __call__(self, tokens):
        time = tokens.shape[-1]
        if time > self.context and not isinstance(tokens, jax.core.Tracer):
            raise ValueError(f"{time} tokens, where the context is {self.context}")
        x = self.wte(tokens) + self.wpe(jnp.arange(time))
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.embedding.T


def logits(variables, tokens, heads):
    params = variables["params"]
    vocab, width = params["wte"]["embedding"].shape
    model = GPT(vocab, len(params["wpe"]["embedding"]), width, len(params) - 3, heads)
    return model.apply(variables, tokens)
