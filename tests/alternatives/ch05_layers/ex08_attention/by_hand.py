"""The arithmetic of attention; minus infinity added to the scores; frozen
parameters.
"""

import jax.numpy as jnp
from flax.core import freeze


def port_mha(state_dict, heads):
    stacked = jnp.asarray(state_dict["in_proj_weight"])
    channels = stacked.shape[1]
    kernels = stacked.reshape(3, heads, channels // heads, channels).transpose(0, 3, 1, 2)
    biases = jnp.asarray(state_dict["in_proj_bias"]).reshape(3, heads, channels // heads)
    params = {name: {"kernel": kernels[i], "bias": biases[i]} for i, name in enumerate(("query", "key", "value"))}
    out = jnp.moveaxis(jnp.asarray(state_dict["out_proj.weight"]).reshape(channels, heads, channels // heads), 0, -1)
    return freeze(params | {"out": {"kernel": out, "bias": jnp.asarray(state_dict["out_proj.bias"])}})


def attend(params, x, key_padding_mask=None, causal=False):
    def project(name):
        return jnp.einsum("bte,ehd->bhtd", x, params[name]["kernel"]) + params[name]["bias"][:, None, :]

    q, k, v = project("query"), project("key"), project("value")
    scores = q @ k.swapaxes(-1, -2) * q.shape[-1] ** -0.5
    if key_padding_mask is not None:
        scores += jnp.where(key_padding_mask, -jnp.inf, 0.0)[:, None, None, :]
    if causal:
        scores += jnp.triu(jnp.full(scores.shape[-2:], -jnp.inf), 1)
    weights = jnp.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    y = (weights @ v).swapaxes(1, 2).reshape(x.shape)
    return y @ params["out"]["kernel"].reshape(x.shape[-1], -1) + params["out"]["bias"]
