"""Attention by hand, in which a query of padding gives every key the same low
score.
"""

import jax
import jax.numpy as jnp

NAMES = ("query", "key", "value")


def port_mha(state_dict, heads):
    def split(array):
        return jnp.asarray(array).reshape(3, heads, -1, *array.shape[1:])

    kernels, biases = split(state_dict["in_proj_weight"]), split(state_dict["in_proj_bias"])
    size = kernels.shape[-1]
    params = {n: {"kernel": jnp.einsum("hde->ehd", kernels[i]), "bias": biases[i]} for i, n in enumerate(NAMES)}
    out = jnp.asarray(state_dict["out_proj.weight"]).reshape(size, heads, -1)
    params["out"] = {"kernel": jnp.einsum("ehd->hde", out), "bias": jnp.asarray(state_dict["out_proj.bias"])}
    return params


def attend(params, x, key_padding_mask=None, causal=False):
    q, k, v = (jnp.einsum("bte,ehd->bhtd", x, params[n]["kernel"]) + params[n]["bias"][:, None] for n in NAMES)
    scores = q @ jnp.swapaxes(k, 2, 3) / q.shape[-1] ** 0.5
    if key_padding_mask is not None:
        scores = jnp.where(key_padding_mask[:, None, :, None], -1e30, scores)
    if causal:
        scores = jnp.where(jnp.triu(jnp.ones(scores.shape[2:], bool), 1), -1e30, scores)
    y = jax.nn.softmax(scores, axis=-1) @ v
    return jnp.einsum("bhtd,hde->bte", y, params["out"]["kernel"]) + params["out"]["bias"]
