"""10.1 gpt_block: One block of a GPT, with fused query, key, value

The first capstone takes a GPT from PyTorch to JAX in five steps: a block
(10.1), the weights (10.2), the forward pass (10.3), training (10.4) and
generation (10.5). Each exercise includes what it needs from the others.

The PyTorch section has the block of nanoGPT, with GPT-2's names. For E channels
in H heads of D = E / H, these are the entries of its state_dict and Flax's
parameters:

    ln_1.weight, ln_1.bias       (E,)        ["ln_1"]   "scale", "bias"
    attn.bias                    a mask      nowhere
    attn.c_attn.weight, .bias    (3 * E, E)  ["attn"]["c_attn"]
    attn.c_proj.weight, .bias    (E, E)      ["attn"]["c_proj"]
    ln_2.weight, ln_2.bias       (E,)        ["ln_2"]   "scale", "bias"
    mlp.c_fc.weight, .bias       (4 * E, E)  ["mlp"]["c_fc"]
    mlp.c_proj.weight, .bias     (E, 4 * E)  ["mlp"]["c_proj"]

A Linear's weight is transposed into "kernel", as everywhere. A module inside a
module has its parameters under its name: `nn.Dense(4 * E, name="c_fc")` in an
`MLP(name="mlp")` makes ["mlp"]["c_fc"].

No error tells you these three things:

  * c_attn returns query, key and value side by side, E channels each. Each of
    the three is then cut into heads; head 0 has its first D channels.
  * LayerNorm's epsilon is 1e-5 in PyTorch and 1e-6 in Flax.
  * `torch.nn.GELU()` is exact. `nn.gelu` uses a tanh approximation by
    default; `approximate=False` makes it exact. (A PyTorch model may use the
    approximation too: `torch.nn.GELU(approximate="tanh")`.)

`nn.dot_product_attention` takes query, key and value as (batch, time, H, D),
and its result has the same shape. PyTorch's has (batch, H, time, D) on both
sides. Both divide the scores by sqrt(D). `mask` is True where a step may look.
The causal mask is `nn.make_causal_mask(x[..., 0])`: only the shape of its
argument, (batch, time), counts.

Write the three `__call__` methods. You may write them differently, as long as
`block` keeps its arguments and its result. It is not told the context: a text
may have any length. The checks call it with different sizes, also after its
gradients were taken under `jax.jit`.

After 5.1 and 5.8. About 20 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/activation_functions.html#flax.linen.gelu
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


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class Attention(nn.Module):
    """Causal self-attention. Its layers are named c_attn and c_proj."""

    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, time, width). Returns the same shape."""
        raise NotImplementedError("10.1 gpt_block: your code here")


class MLP(nn.Module):
    """width -> 4 * width -> gelu -> width. Its layers are named c_fc and
    c_proj.
    """

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, time, width). Returns the same shape."""
        raise NotImplementedError("10.1 gpt_block: your code here")


class Block(nn.Module):
    """Attention and MLP, each after its own norm. The four are named ln_1,
    attn, ln_2 and mlp.
    """

    heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """x: float32 (batch, time, width). Returns the same shape."""
        raise NotImplementedError("10.1 gpt_block: your code here")


def block(params: Any, x: jax.Array, heads: int) -> jax.Array:
    """Return what TorchBlock computes.

    params: TorchBlock's weights, float32, in the tree shown at the top; they
    stay as they are. x: float32 (batch, time, width), of mean 0 or nearly.
    Returns the same shape. Right for attention scores from -200 to 200.
    """
    return Block(heads).apply({"params": params}, x)
