"""NNX's layer, filled with the parameters; the causal mask from indices."""

import jax.numpy as jnp
import numpy as np
from flax import nnx


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
    channels, heads, _ = params["query"]["kernel"].shape
    layer = nnx.MultiHeadAttention(heads, channels, decode=False, rngs=nnx.Rngs(0))
    for name in ("query", "key", "value", "out"):
        part = getattr(layer, name)
        part.kernel[...], part.bias[...] = params[name]["kernel"], params[name]["bias"]
    steps = jnp.arange(x.shape[1])
    keep = jnp.ones((1, 1, steps.size, steps.size), bool)
    if causal:
        keep &= steps[:, None] >= steps
    if key_padding_mask is not None:
        keep = keep & (key_padding_mask == 0)[:, None, None]
    return layer(x, mask=keep)
