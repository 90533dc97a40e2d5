"""A step attends to the same step of the other rows of the batch. Usually the
first two axes of x were exchanged, as for a `torch.nn.MultiheadAttention`
without `batch_first`. Flax takes (batch, time, channels), as x is.
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
    x = x.swapaxes(0, 1)
    mask = None if key_padding_mask is None else ~key_padding_mask.T[:, None, None, :]
    if causal:
        mask = nn.combine_masks(mask, nn.make_causal_mask(x[..., 0]))
    attention = nn.MultiHeadDotProductAttention(params["query"]["bias"].shape[0])
    return attention.apply({"params": params}, x, mask=mask).swapaxes(0, 1)
