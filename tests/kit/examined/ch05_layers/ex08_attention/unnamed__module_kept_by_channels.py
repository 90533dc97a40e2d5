from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict: dict[str, np.ndarray], heads: int) -> Any:
    weight, bias = state_dict["in_proj_weight"], state_dict["in_proj_bias"]
    channels = weight.shape[1]
    dim = channels // heads
    params = {}
    for k, name in enumerate(("query", "key", "value")):
        rows = slice(k * channels, (k + 1) * channels)
        params[name] = {
            "kernel": jnp.array(weight[rows].T.reshape(channels, heads, dim), jnp.float32),
            "bias": jnp.array(bias[rows].reshape(heads, dim), jnp.float32),
        }
    params["out"] = {
        "kernel": jnp.array(state_dict["out_proj.weight"].T.reshape(heads, dim, channels), jnp.float32),
        "bias": jnp.array(state_dict["out_proj.bias"], jnp.float32),
    }
    return params


_modules: dict = {}


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    channels = x.shape[-1]
    if channels not in _modules:
        _modules[channels] = nn.MultiHeadDotProductAttention(params["query"]["kernel"].shape[1])
    mask = nn.combine_masks(
        nn.make_causal_mask(x[..., 0]) if causal else None,
        ~key_padding_mask[:, None, None, :] if key_padding_mask is not None else None,
    )
    return _modules[channels].apply({"params": params}, x, mask=mask)
