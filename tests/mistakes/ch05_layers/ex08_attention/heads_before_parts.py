"""The query, the key and the value are mixed up. Usually in_proj_weight was
split into heads first, each with a query, a key and a value of its own, as some
language models store it. PyTorch's has all rows of the query, then all of the
key, then all of the value.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_mha(state_dict, heads):
    channels = state_dict["out_proj.bias"].size
    weights = jnp.asarray(state_dict["in_proj_weight"]).reshape(heads, 3, -1, channels)
    biases = jnp.asarray(state_dict["in_proj_bias"]).reshape(heads, 3, -1)
    out = jnp.asarray(state_dict["out_proj.weight"].T).reshape(heads, -1, channels)
    params = {"out": {"kernel": out, "bias": jnp.asarray(state_dict["out_proj.bias"])}}
    for part, name in enumerate(["query", "key", "value"]):
        params[name] = {"kernel": weights[:, part].transpose(2, 0, 1), "bias": biases[:, part]}
    return params


def attend(params, x, key_padding_mask=None, causal=False):
    mask = None
    if key_padding_mask is not None:
        mask = ~key_padding_mask[:, None, None, :]
    if causal:
        mask = nn.combine_masks(mask, nn.make_causal_mask(x[..., 0]))
    return nn.MultiHeadDotProductAttention(params["query"]["bias"].shape[0]).apply({"params": params}, x, mask=mask)
