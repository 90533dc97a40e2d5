"""With `causal`, a step sees itself and what comes later. Usually the mask is
`jnp.triu(...)`, or a causal mask transposed, whose rows are the keys. Its rows
are the queries: `jnp.tri(steps, dtype=bool)` and `nn.make_causal_mask` are True
on and below the diagonal.
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
        mask = ~key_padding_mask[:, None, None, :]
    if causal:
        mask = nn.combine_masks(mask, jnp.triu(jnp.ones((1, 1, x.shape[1], x.shape[1]))))
    return nn.MultiHeadDotProductAttention(params["query"]["bias"].shape[0]).apply({"params": params}, x, mask=mask)
