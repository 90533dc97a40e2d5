"""10.2 gpt_weights: A checkpoint's weights, each by its name

A state_dict is flat: long names with arrays. Flax's variables are a tree. To
port a checkpoint, decide for each name where its array goes. With V tokens, a
context of C and E channels:

    transformer.wte.weight          (V, E)  ["wte"]["embedding"]
    transformer.wpe.weight          (C, E)  ["wpe"]["embedding"]
    transformer.h.1.ln_2.weight     (E,)    ["h_1"]["ln_2"]["scale"]
    transformer.h.1.attn.c_attn.weight      ["h_1"]["attn"]["c_attn"]["kernel"]
    transformer.ln_f.weight         (E,)    ["ln_f"]["scale"]
    lm_head.weight                  (V, E)  nowhere

all under "params". Each block is as in 10.1: c_attn and c_proj in attn, c_fc
and c_proj in mlp, then ln_1 and ln_2; each of these has a bias. A Linear's
weight is transposed, an Embedding's is not.

Shapes are of little help: attn.c_proj is square, all blocks look alike, and
with eleven layers or more the order is not what you expect. JAX sorts the keys
of a dict as text, so "h_10" comes before "h_2". Go by the names.

Real checkpoints also contain:

  * `attn.bias` in every block. Despite its name it is the causal mask, a
    buffer. It may hold bools or numbers.
  * `lm_head.weight`, tied to the token table: the same numbers once more. Some
    files leave it out. If any of its numbers differs from the table's, the
    model is not tied, and our tree has no place for it.
  * "_orig_mod." before every name, if `torch.compile` was used.
  * Names that no TorchGPT has. A weight that is skipped silently makes a model
    that is silently wrong. Taking one weight for another is worse: `re.match`
    with "c_fc.weight" accepts "c_fc.weight_mask" too. So compare whole names,
    from "transformer." or "lm_head." to the end, and raise an error for all
    others. "mlp.c_attn.weight" is one of them, and so are "wpe.weight",
    "encoder.attn.bias" and names with "_orig_mod." in the middle.

(The GPT-2 that Hugging Face distributes has `transformers.Conv1D` instead of
Linear. Its weights are (in, out) already, so none is transposed.)

Write `port_gpt`. `flax.traverse_util.unflatten_dict` may help: it turns a flat
dict, {("wte", "embedding"): array, ...}, into a tree.

After 1.3 and 10.1. About 20 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.traverse_util.html
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

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict


def port_gpt(state_dict: dict[str, np.ndarray]) -> Any:
    """Return TorchGPT's weights as Flax variables, {"params": {...}} with
    float32 `jax.Array`s. Leave `state_dict` unchanged.

    state_dict: NumPy arrays under the names above, in any order; float32 except
        for the masks. Either all names begin with "_orig_mod." or none does.
        After "transformer.h." there is always a number. "lm_head.weight" may be
        missing; all the others are there.
    Raises an error, such as ValueError, for a name that no TorchGPT has, and
        for an "lm_head.weight" that differs from the token table.
    """
    raise NotImplementedError("10.2 gpt_weights: your code here")
