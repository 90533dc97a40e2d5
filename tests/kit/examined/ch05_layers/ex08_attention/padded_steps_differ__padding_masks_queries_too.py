"""attend blocks the padding as queries as well, so at the padded steps the
output is made from the mean of all values, where torch_attend attends to the
steps that are not padding.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict: dict[str, np.ndarray], heads: int) -> Any:
    w = jnp.array(state_dict["in_proj_weight"], jnp.float32)
    b = jnp.array(state_dict["in_proj_bias"], jnp.float32)
    e = w.shape[1]
    kernels = w.reshape(3, heads, e // heads, e).transpose(0, 3, 1, 2)
    biases = b.reshape(3, heads, e // heads)
    out = jnp.array(state_dict["out_proj.weight"], jnp.float32)
    tree = {name: {"kernel": kernels[i], "bias": biases[i]} for i, name in enumerate(["query", "key", "value"])}
    tree["out"] = {
        "kernel": out.transpose().reshape(heads, e // heads, e),
        "bias": jnp.array(state_dict["out_proj.bias"], jnp.float32),
    }
    return tree


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    masks = []
    if key_padding_mask is not None:
        real = ~key_padding_mask
        masks.append(nn.make_attention_mask(real, real))
    if causal:
        masks.append(nn.make_causal_mask(x[..., 0]))
    mask = nn.combine_masks(*masks)
    heads = params["query"]["kernel"].shape[1]
    return nn.MultiHeadDotProductAttention(heads).apply({"params": params}, x, mask=mask)
