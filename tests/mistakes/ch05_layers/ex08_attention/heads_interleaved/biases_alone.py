import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict, heads):
    channels = state_dict["out_proj.bias"].size
    weights = np.split(state_dict["in_proj_weight"], 3)
    biases = np.split(state_dict["in_proj_bias"], 3)
    params = {}
    for name, weight, bias in zip(("query", "key", "value"), weights, biases, strict=True):
        kernel = weight.T.reshape(channels, heads, -1)
        params[name] = {"kernel": jnp.asarray(kernel), "bias": jnp.asarray(bias.reshape(-1, heads).T)}
    out = state_dict["out_proj.weight"].T.reshape(heads, -1, channels)
    return params | {"out": {"kernel": jnp.asarray(out), "bias": jnp.asarray(state_dict["out_proj.bias"])}}


def attend(params, x, key_padding_mask=None, causal=False):
    padding = None if key_padding_mask is None else ~key_padding_mask[:, None, None, :]
    past = nn.make_causal_mask(x[..., 0]) if causal else None
    attention = nn.MultiHeadDotProductAttention(num_heads=params["query"]["bias"].shape[0])
    return attention.apply({"params": params}, x, mask=nn.combine_masks(padding, past))
