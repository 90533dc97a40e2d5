"""10.3 gpt_forward: From tokens to logits, with a tied head

The blocks of 10.1 are given, and the variables are those of 10.2. What is
missing is the part of TorchGPT.forward around the blocks.

The head is tied: lm_head.weight is the token table, wte. In Flax you call one
`nn.Embed` in two ways: `wte(tokens)` looks up rows of its table, and
`wte.attend(x)` multiplies x by the transposed table. A Dense for the head would
add a parameter that the variables do not have.

PyTorch raises IndexError for a token or a position outside its table. JAX
cannot, because under `jax.jit` there is no value to look at: `nn.Embed` returns
NaN there, and `table[i]` takes the last row. The number of tokens is known even
under `jax.jit`, since it is a shape. So a plain `if` can refuse a text that is
longer than the context. The tokens themselves are neither checked nor changed:
for one outside the table, the result may be anything.

Write `GPT.__call__`. You may write the model differently, as long as `logits`
keeps its arguments and its result. The checks also run `logits` under
`jax.jit`, with `heads` static, call it again without, and take its gradients.

After 10.1 and 10.2. About 15 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.Embed
"""

# --- PyTorch ---
import torch


class TorchAttention(torch.nn.Module):
    def __init__(self, width: int, heads: int, context: int):
        super().__init__()
        self.heads = heads
        self.c_attn = torch.nn.Linear(width, 3 * width)
        self.c_proj = torch.nn.Linear(width, width)
        past = torch.ones(context, context, dtype=torch.bool).tril()
        self.register_buffer("bias", past.view(1, 1, context, context))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, time, width = x.shape
        parts = self.c_attn(x).split(width, dim=2)
        q, k, v = (part.view(batch, time, self.heads, -1).transpose(1, 2) for part in parts)
        past = self.bias[:, :, :time, :time]
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=past)
        return self.c_proj(y.transpose(1, 2).reshape(batch, time, width))


class TorchMLP(torch.nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.c_fc = torch.nn.Linear(width, 4 * width)
        self.gelu = torch.nn.GELU()
        self.c_proj = torch.nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.c_proj(self.gelu(self.c_fc(x)))


class TorchBlock(torch.nn.Module):
    def __init__(self, width: int, heads: int, context: int):
        super().__init__()
        self.ln_1 = torch.nn.LayerNorm(width)
        self.attn = TorchAttention(width, heads, context)
        self.ln_2 = torch.nn.LayerNorm(width)
        self.mlp = TorchMLP(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class TorchGPT(torch.nn.Module):
    def __init__(self, vocab: int, context: int, width: int, layers: int, heads: int):
        super().__init__()
        self.transformer = torch.nn.ModuleDict(
            {
                "wte": torch.nn.Embedding(vocab, width),
                "wpe": torch.nn.Embedding(context, width),
                "h": torch.nn.ModuleList(TorchBlock(width, heads, context) for _ in range(layers)),
                "ln_f": torch.nn.LayerNorm(width),
            }
        )
        self.lm_head = torch.nn.Linear(width, vocab, bias=False)
        self.lm_head.weight = self.transformer.wte.weight

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        positions = torch.arange(tokens.shape[1])
        x = self.transformer.wte(tokens) + self.transformer.wpe(positions)
        for block in self.transformer.h:
            x = block(x)
        return self.lm_head(self.transformer.ln_f(x))


# --- JAX ---
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
        raise NotImplementedError("10.3 gpt_forward: your code here")


def logits(variables: Any, tokens: jax.Array, heads: int) -> jax.Array:
    """Return what TorchGPT computes with `variables`, those of 10.2. The sizes
    are read from them; tokens and result are as in GPT. The variables
    stay as they are.
    """
    params = variables["params"]
    vocab, width = params["wte"]["embedding"].shape
    context = len(params["wpe"]["embedding"])
    layers = sum(name.startswith("h_") for name in params)
    return GPT(vocab, context, width, layers, heads).apply(variables, tokens)
