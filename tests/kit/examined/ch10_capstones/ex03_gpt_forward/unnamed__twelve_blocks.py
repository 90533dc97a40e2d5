from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        batch, time, width = x.shape
        parts = jnp.split(nn.Dense(3 * width, name="c_attn")(x), 3, axis=-1)
        q, k, v = (part.reshape(batch, time, self.heads, -1) for part in parts)
        y = nn.dot_product_attention(q, k, v, mask=nn.make_causal_mask(x[..., 0]))
        return nn.Dense(width, name="c_proj")(y.reshape(batch, time, width))


class MLP(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        width = x.shape[-1]
        x = nn.gelu(nn.Dense(4 * width, name="c_fc")(x), approximate=False)
        return nn.Dense(width, name="c_proj")(x)


class Block(nn.Module):
    """10.1's Block: takes and returns float32 (batch, time, width)."""

    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-5, name="ln_1")(x))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-5, name="ln_2")(x))


class GPT(nn.Module):
    """TorchGPT. Its parts are named wte, wpe, h_0, h_1, ... and ln_f."""

    vocab: int
    context: int
    width: int
    layers: int
    heads: int

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        """tokens: int32 (batch, time). Returns float32 (batch, time, vocab).

        Raises an error, such as ValueError, if time is greater than context.
        """
        time = tokens.shape[1]
        if time > self.context:
            raise ValueError(f"{time} tokens, but the context is {self.context}")
        wte = nn.Embed(self.vocab, self.width, name="wte")
        wpe = nn.Embed(self.context, self.width, name="wpe")
        positions = jnp.arange(time)
        x = wte(tokens) + wpe(positions)
        for i in range(self.layers):
            x = Block(self.heads, name=f"h_{i}")(x)
        x = nn.LayerNorm(epsilon=1e-5, name="ln_f")(x)
        return wte.attend(x)


def logits(variables: Any, tokens: jax.Array, heads: int) -> jax.Array:
    """Return what TorchGPT computes with `variables`, those of 10.2. The sizes
    are read from them; tokens and result are as in GPT. The variables
    stay as they are.
    """
    params = variables["params"]
    vocab, width = params["wte"]["embedding"].shape
    context = len(params["wpe"]["embedding"])
    layers = sum(f"h_{i}" in params for i in range(12))
    return GPT(vocab, context, width, layers, heads).apply(variables, tokens)
