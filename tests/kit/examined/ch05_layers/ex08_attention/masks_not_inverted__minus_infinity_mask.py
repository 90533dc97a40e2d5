"""Masks of floats with 0 and -inf, PyTorch's other kind, are given to Flax as a
mask: -inf counts as True and 0 as False.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_mha(state_dict, heads):
    w = jnp.asarray(state_dict["in_proj_weight"])
    b = jnp.asarray(state_dict["in_proj_bias"])
    channels = w.shape[1]
    depth = channels // heads
    params = {}
    for name, wp, bp in zip(("query", "key", "value"), jnp.split(w, 3), jnp.split(b, 3), strict=False):
        params[name] = {"kernel": wp.T.reshape(channels, heads, depth), "bias": bp.reshape(heads, depth)}
    out = jnp.asarray(state_dict["out_proj.weight"])
    params["out"] = {"kernel": out.T.reshape(heads, depth, channels), "bias": jnp.asarray(state_dict["out_proj.bias"])}
    return params


def attend(params, x, key_padding_mask=None, causal=False):
    heads = params["query"]["kernel"].shape[1]
    pad = None if key_padding_mask is None else jnp.where(key_padding_mask, -jnp.inf, 0.0)[:, None, None, :]
    future = jnp.where(jnp.tril(jnp.ones((x.shape[1], x.shape[1]))), 0.0, -jnp.inf)[None, None] if causal else None
    mask = nn.combine_masks(pad, future)
    return nn.MultiHeadDotProductAttention(heads).apply({"params": params}, x, mask=mask)
