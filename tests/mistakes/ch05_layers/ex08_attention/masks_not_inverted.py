"""With each mask, attention goes to the keys that should be blocked. Usually
the masks are PyTorch's: bools that are True where a key is blocked, or floats
with minus infinity there. In Flax, True may be seen, and any number except 0
counts as True. Invert both masks, then combine them with `nn.combine_masks` or
`&`.
"""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def attend(params, x, key_padding_mask=None, causal=False):
    padding = None if key_padding_mask is None else key_padding_mask[:, None, None, :]
    past = jnp.triu(jnp.ones((x.shape[1], x.shape[1]), bool), 1)[None, None] if causal else None
    attention = nn.MultiHeadDotProductAttention(params["query"]["bias"].shape[0])
    return attention.apply({"params": params}, x, mask=nn.combine_masks(padding, past))


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
