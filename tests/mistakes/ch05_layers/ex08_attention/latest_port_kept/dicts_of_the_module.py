from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

PARAMS = {"query": {}, "key": {}, "value": {}, "out": {}}


def port_mha(state_dict: dict[str, np.ndarray], heads: int) -> Any:
    weight, bias = state_dict["in_proj_weight"], state_dict["in_proj_bias"]
    out_weight, out_bias = state_dict["out_proj.weight"], state_dict["out_proj.bias"]
    channels = weight.shape[1]
    dim = channels // heads
    for i, name in enumerate(["query", "key", "value"]):
        part = slice(i * channels, (i + 1) * channels)
        PARAMS[name] |= {
            "kernel": jnp.array(weight[part].T.reshape(channels, heads, dim)),
            "bias": jnp.array(bias[part].reshape(heads, dim)),
        }
    PARAMS["out"] |= {
        "kernel": jnp.array(out_weight.T.reshape(heads, dim, channels)),
        "bias": jnp.array(out_bias),
    }
    return dict(PARAMS)


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    heads = params["query"]["kernel"].shape[1]
    future = nn.make_causal_mask(x[..., 0]) if causal else None
    padding = None
    if key_padding_mask is not None:
        padding = ~key_padding_mask[:, None, None, :]
    mask = nn.combine_masks(future, padding)
    return nn.MultiHeadDotProductAttention(heads).apply({"params": params}, x, mask=mask)
