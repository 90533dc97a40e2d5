"""The bias of the output projection is left out."""

import jax
import jax.numpy as jnp


def port_mha(state_dict, heads):
    w = jnp.asarray(state_dict["in_proj_weight"])
    b = jnp.asarray(state_dict["in_proj_bias"])
    channels = w.shape[1]
    depth = channels // heads
    params = {}
    for name, wp, bp in zip(("query", "key", "value"), jnp.split(w, 3), jnp.split(b, 3), strict=False):
        params[name] = {"kernel": wp.T.reshape(channels, heads, depth), "bias": bp.reshape(heads, depth)}
    out = jnp.asarray(state_dict["out_proj.weight"])
    params["out"] = {"kernel": out.T.reshape(heads, depth, channels), "bias": jnp.asarray(state_dict["out_proj.bias"])}
    return params


def attend(params, x, key_padding_mask=None, causal=False):
    q, k, v = (jnp.einsum("bte,ehd->bthd", x, params[n]["kernel"]) + params[n]["bias"] for n in ("query", "key", "value"))
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / jnp.sqrt(q.shape[-1])
    if key_padding_mask is not None:
        scores = jnp.where(key_padding_mask[:, None, None, :], -jnp.inf, scores)
    if causal:
        scores = jnp.where(jnp.tril(jnp.ones(scores.shape[-2:], bool)), scores, -jnp.inf)
    weights = jax.nn.softmax(scores, axis=-1)
    y = jnp.einsum("bhqk,bkhd->bqhd", weights, v)
    return jnp.einsum("bqhd,hde->bqe", y, params["out"]["kernel"])
