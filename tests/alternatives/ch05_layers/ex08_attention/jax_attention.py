"""JAX's own attention, whose masks are bools as in Flax; the mask always
there.
"""

import jax
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
    def project(name):
        return jnp.tensordot(x, params[name]["kernel"], 1) + params[name]["bias"]

    if key_padding_mask is None:
        key_padding_mask = jnp.zeros(x.shape[:2], bool)
    keep = jnp.logical_not(key_padding_mask)[:, None, None, :]
    y = jax.nn.dot_product_attention(project("query"), project("key"), project("value"), mask=keep, is_causal=causal)
    return jnp.tensordot(y, params["out"]["kernel"], 2) + params["out"]["bias"]
