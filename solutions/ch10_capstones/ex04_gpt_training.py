"""10.4 gpt_training: The loss, and AdamW as a GPT is trained with it

The model is given: `logits_fn(params, tokens)`, where params is what stands
under "params" in the variables of 10.2. The checks bring the training loop
of 4.4, and compile its steps with `jax.jit`. Two parts of it are yours. They
must serve other models too: the checks call `lm_loss` with other functions for
`logits_fn` and compare its gradients, and give `make_tx` other params.

The loss. The logits of step t predict token t + 1. So a text of n tokens has
n - 1 predictions: those of all steps except the last, for all tokens except the
first. The loss is the mean of their cross-entropies.

The optimizer. `torch_optimizer` and `torch_step` do four things:

  * All gradients together are clipped to max_norm, before anything else.
  * AdamW has betas (0.9, 0.95). The second is 0.999 by default.
  * Weight decay applies to what has two axes or more: all kernels, and the
    tables of the Embeddings too. Biases and the weights of the norms are not
    decayed. PyTorch has two groups of parameters for that. `optax.adamw` has a
    `mask`: a function that takes params and returns the same tree with True
    where a leaf is decayed.
  * The learning rate rises linearly. The first update has lr / warmup, the
    second 2 * lr / warmup, and from update number `warmup` on it is lr. optax
    calls a schedule with the number of updates done, 0 for the first. Under
    `jax.jit` that number is a tracer. `min` and `if` raise an error for a
    tracer; `optax.linear_schedule` and `jnp.minimum` do not.

A GPT does not tell you that one of these is missing. It still trains, a little
differently. So compare the losses, step by step. Do not compare parameters: the
key part of c_attn's bias adds the same number to all scores of a query, which
the softmax ignores. So its gradient is nothing but rounding, and Adam turns
that into steps of full length. After 30 right steps the libraries are more than
0.01 apart there, and less than 1e-5 in the rest of that bias.

Write the two functions.

After 4.3, 4.5 and 10.3. About 20 minutes.

https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.adamw
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


def torch_loss(model: torch.nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    """The mean cross-entropy of every token except the first, given those
    before it.
    """
    logits = model(tokens[:, :-1])
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


def torch_optimizer(model: torch.nn.Module, lr: float, warmup: int, weight_decay: float):
    """AdamW that decays what has two axes or more, and a scheduler for its
    lr.
    """
    groups = [
        {"params": [p for p in model.parameters() if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in model.parameters() if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr, betas=(0.9, 0.95))
    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / warmup))


def torch_step(model: torch.nn.Module, optimizer, scheduler, max_norm: float) -> None:
    """One update with the gradients that the parameters hold."""
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    scheduler.step()


def torch_train(model: torch.nn.Module, optimizer, scheduler, max_norm: float, batches: list[torch.Tensor]) -> list[float]:
    losses = []
    for tokens in batches:
        loss = torch_loss(model, tokens)
        optimizer.zero_grad()
        loss.backward()
        torch_step(model, optimizer, scheduler, max_norm)
        losses.append(loss.item())
    return losses


# --- JAX ---
from collections.abc import Callable
from typing import Any

import jax
import optax


def lm_loss(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, tokens: jax.Array) -> jax.Array:
    """Return what `torch_loss` computes, a float32 `jax.Array` of shape ().

    logits_fn(params, tokens) returns finite float32 (batch, time, vocab) for
    tokens (batch, time), for each text as if it were alone. params: any tree;
    it stays as it is. tokens: int32 (batch, n), where n is 2 or more and at
    most the context. No token is left out, not even 0.
    """
    # <solution>
    logits = logits_fn(params, tokens[:, :-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()
    # </solution>


def make_tx(lr: float, warmup: int, weight_decay: float, max_norm: float) -> optax.GradientTransformation:
    """Return the optimizer, or chain, whose updates are those of `torch_step`.

    warmup: 2 or more, so that the learning rate does rise.
    """

    # <solution>
    def matrices(params):
        return jax.tree.map(lambda p: p.ndim >= 2, params)

    schedule = optax.linear_schedule(lr / warmup, lr, transition_steps=warmup - 1)
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b1=0.9, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
    # </solution>
