import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict, heads):
    in_weight, in_bias, out_weight, out_bias = state_dict.values()
    channels = in_weight.shape[-1]
    weights, biases = np.split(in_weight, 3), np.split(in_bias, 3)
    split = (heads, channels // heads)
    out = out_weight.T.reshape(*split, channels)
    params = {"out": {"kernel": jnp.asarray(out), "bias": jnp.asarray(out_bias)}}
    for name, weight, bias in zip(["query", "key", "value"], weights, biases, strict=True):
        kernel = weight.T.reshape(channels, *split)
        params[name] = {"kernel": jnp.asarray(kernel), "bias": jnp.asarray(bias.reshape(split))}
    return params


def attend(params, x, key_padding_mask=None, causal=False):
    mask = None
    if key_padding_mask is not None:
        mask = ~key_padding_mask[:, None, None, :]
    if causal:
        mask = nn.combine_masks(mask, nn.make_causal_mask(x[..., 0]))
    return nn.MultiHeadDotProductAttention(params["query"]["bias"].shape[0]).apply({"params": params}, x, mask=mask)
