"""The scores are divided by the number of channels of a head, not by its square
root. Usually q was divided by the root and then passed to
`nn.dot_product_attention`, which divides by it once more. By hand, divide once.
"""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def attend(params, x, key_padding_mask=None, causal=False):
    q, k, v = (jnp.einsum("bte,ehd->bthd", x, params[n]["kernel"]) + params[n]["bias"] for n in ("query", "key", "value"))
    padding = None if key_padding_mask is None else ~key_padding_mask[:, None, None, :]
    past = nn.make_causal_mask(x[..., 0]) if causal else None
    y = nn.dot_product_attention(q / jnp.sqrt(q.shape[-1]), k, v, mask=nn.combine_masks(padding, past))
    return jnp.einsum("bqhd,hde->bqe", y, params["out"]["kernel"]) + params["out"]["bias"]


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
