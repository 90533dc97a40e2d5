"""5.8 attention: MultiheadAttention, and what True means in a mask

Take E channels and H heads of D = E / H channels each. PyTorch stacks the
projections of query, key and value in one weight. Flax keeps them separate,
with an axis for the heads:

    torch.nn.MultiheadAttention(E, H)   nn.MultiHeadDotProductAttention(H)
    in_proj_weight    (3 * E, E)        "query", "key", "value":
    in_proj_bias      (3 * E,)              {"kernel" (E, H, D), "bias" (H, D)}
    out_proj.weight   (E, E)            "out":
    out_proj.bias     (E,)                  {"kernel" (H, D, E), "bias" (E,)}

Each part is transposed like a Linear's weight. Then its axis of E = H * D
channels is split into heads: head 0 has the first D. Every part is square, so a
forgotten transpose raises no error.

In a mask of bools, True does not mean the same everywhere:

    torch.nn.MultiheadAttention      key_padding_mask, attn_mask   True blocks
    F.scaled_dot_product_attention   attn_mask                     True allows
    Flax                             mask                          True allows

PyTorch adds a mask of floats to the scores. Flax treats any number except 0 as
True, even minus infinity. Its mask is broadcast to (batch, heads, queries,
keys). `nn.make_causal_mask(x[..., 0])` makes a causal mask for x (batch, time,
E). `nn.combine_masks` allows what all its masks allow, and skips those that are
None.

If you use `nn.dot_product_attention`: it takes (batch, time, heads, D), where
F.scaled_dot_product_attention takes (batch, heads, time, D). For a query that
may see nothing, `torch.nn.MultiheadAttention` returns NaN, and Flax the mean of
all values. The checks have no such query.

Write the two functions. The checks also compare the gradient of `attend` with
respect to x, under `jax.jit`; there key_padding_mask is a tracer.

After 1.3. About 20 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.MultiHeadDotProductAttention
"""

# --- PyTorch ---
import torch


def torch_mha(channels: int, heads: int) -> torch.nn.MultiheadAttention:
    """For x (batch, time, channels)."""
    return torch.nn.MultiheadAttention(channels, heads, batch_first=True)


def torch_attend(
    mha: torch.nn.MultiheadAttention,
    x: torch.Tensor,
    key_padding_mask: torch.Tensor | None = None,
    causal: bool = False,
) -> torch.Tensor:
    """Self-attention. key_padding_mask: bool (batch, time), True where x is
    padding.
    """
    future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1) if causal else None
    y, _ = mha(x, x, x, key_padding_mask=key_padding_mask, attn_mask=future, need_weights=False)
    return y


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict: dict[str, np.ndarray], heads: int) -> Any:
    """The weights of `torch_mha` as the parameters of
    `nn.MultiHeadDotProductAttention`, float32 `jax.Array`s.

    state_dict: "in_proj_weight" (3 * channels, channels), "in_proj_bias" (3 *
    channels,), "out_proj.weight" (channels, channels) and "out_proj.bias"
    (channels,), in any order; it must not change. Returns {"query": {"kernel",
    "bias"}, "key": ..., "value": ..., "out": ...}.
    """
    # <solution>
    weights = np.split(state_dict["in_proj_weight"], 3)
    biases = np.split(state_dict["in_proj_bias"], 3)
    channels = weights[0].shape[0]
    params = {}
    for name, weight, bias in zip(("query", "key", "value"), weights, biases, strict=True):
        params[name] = {
            "kernel": jnp.asarray(weight.T.reshape(channels, heads, -1)),
            "bias": jnp.asarray(bias.reshape(heads, -1)),
        }
    params["out"] = {
        "kernel": jnp.asarray(state_dict["out_proj.weight"].T.reshape(heads, -1, channels)),
        "bias": jnp.asarray(state_dict["out_proj.bias"]),
    }
    return params
    # </solution>


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    """What `torch_attend` computes.

    params: those of an `nn.MultiHeadDotProductAttention`; read the number of
    heads from their shapes. They stay as they are. x: float32 (batch, time,
    channels); key_padding_mask: bool (batch, time), True where x is padding.
    Padding may be anywhere, and no step may see it, whatever the scores are:
    some of x are around 1e6. With `causal`, step t sees the steps up to and
    including t. Returns an array of x's shape.
    """
    # <solution>
    padding = None if key_padding_mask is None else ~key_padding_mask[:, None, None, :]
    past = nn.make_causal_mask(x[..., 0]) if causal else None
    attention = nn.MultiHeadDotProductAttention(num_heads=params["query"]["bias"].shape[0])
    return attention.apply({"params": params}, x, mask=nn.combine_masks(padding, past))
    # </solution>
