"""In every step, one head attends to the other heads. Usually
`nn.dot_product_attention` was given (batch, heads, time, D), as
F.scaled_dot_product_attention takes it. Flax's takes (batch, time, heads, D),
and without a mask no shape shows the difference.
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
    q, k, v = (
        jnp.einsum("bte,ehd->bhtd", x, params[name]["kernel"]) + params[name]["bias"][:, None]
        for name in ("query", "key", "value")
    )
    mask = None if key_padding_mask is None else ~key_padding_mask[:, None, None, :]
    if causal:
        mask = nn.combine_masks(mask, nn.make_causal_mask(x[..., 0]))
    y = nn.dot_product_attention(q, k, v, mask=mask)
    return jnp.einsum("bhtd,hde->bte", y, params["out"]["kernel"]) + params["out"]["bias"]
