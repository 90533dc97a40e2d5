"""10.5 gpt_generate: Generate text with one compiled loop

`torch_generate` calls the model with one more token in each turn. In JAX each
of these calls has a different shape, and `jax.jit` compiles once per shape: 12
tokens, 12 compilations. Each of them takes longer than generating the text.

So give the text a buffer that has its final size from the start: the prompt,
then zeros. The model is causal, so later places do not change the logits of
earlier steps. The token for place t is in the logits of step t - 1. At the end
of the buffer, where PyTorch looks, are the logits of the padding. (Token 0 may
be a word like any other.)

The place to write is then not a shape, so it may be a tracer.
`jax.lax.fori_loop(first, end, body, tokens)` is the loop

    for t in range(first, end):
        tokens = body(t, tokens)

compiled, with one copy of body. A Python loop under `jax.jit` is unrolled, with
one copy of the whole model per token. `x.at[:, t].set(...)` and `x[:, t]`
accept a traced t; slices such as `x[:, :t]` do not.

Compile once for all calls, too. `jax.jit` caches what it compiled for a
function, and a function that is defined inside `generate` is a different one in
each call. At the top level of the file it stays the same, so `generate` itself
is compiled there. static_argnames names the arguments that are not arrays; a
different value of one of them recompiles. Everything that changes from call to
call must be an argument: what is read from outside becomes a constant. The
checks count how often Python runs `logits_fn`.

`logits_fn(params, tokens)` is given. For a GPT, params is what stands under
"params" in the variables of 10.2. The checks also use smaller models, whose
params are other pytrees, and call `generate` with several models and sizes in
turn; a model and size from before compiles nothing. (In production, a cache of
keys and values comes next. It makes each step cheaper, again in buffers of
fixed size. It is not asked for.)

Write `generate`. You may compile it differently.

After 1.4 and 10.3. About 20 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.lax.fori_loop.html
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


@torch.no_grad()
def torch_generate(model: torch.nn.Module, prompt: torch.Tensor, steps: int) -> torch.Tensor:
    """The prompt and `steps` more tokens, each the most likely one."""
    tokens = prompt
    for _ in range(steps):
        logits = model(tokens)[:, -1]
        tokens = torch.cat([tokens, logits.argmax(-1, keepdim=True)], dim=1)
    return tokens


# --- JAX ---
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    """Return what `torch_generate` returns: int32 (batch, n + steps). Of tokens
    that are equally likely, `argmax` takes the first.

    logits_fn(params, tokens) returns float32 (batch, time, vocab) for tokens
    (batch, time), for each text as if it were alone. params: any tree; it stays
    as it is. prompt: int32 (batch, n); n and steps are at least 1, and n +
    steps is at most the context.
    """
    # <solution>
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps, write, tokens)
    # </solution>
