"""The dicts of the layers exist once; the outer one is copied."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

PARAMS = {name: {} for name in ("query", "key", "value", "out")}


def port_mha(state_dict: dict[str, np.ndarray], heads: int) -> Any:
    weights = np.split(state_dict["in_proj_weight"], 3)
    biases = np.split(state_dict["in_proj_bias"], 3)
    channels = weights[0].shape[0]
    params = PARAMS
    for name, weight, bias in zip(("query", "key", "value"), weights, biases, strict=True):
        params[name].update(
            kernel=jnp.asarray(weight.T.reshape(channels, heads, -1)), bias=jnp.asarray(bias.reshape(heads, -1))
        )
    params["out"] |= {
        "kernel": jnp.asarray(state_dict["out_proj.weight"].T.reshape(heads, -1, channels)),
        "bias": jnp.asarray(state_dict["out_proj.bias"]),
    }
    return dict(params)


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    padding = None if key_padding_mask is None else ~key_padding_mask[:, None, None, :]
    past = nn.make_causal_mask(x[..., 0]) if causal else None
    attention = nn.MultiHeadDotProductAttention(num_heads=params["query"]["bias"].shape[0])
    return attention.apply({"params": params}, x, mask=nn.combine_masks(padding, past))
