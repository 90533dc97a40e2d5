from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict: dict[str, np.ndarray], heads: int) -> Any:
    out = state_dict["out_proj.weight"]
    channels = out.shape[0]
    depth = channels // heads
    weight = state_dict["in_proj_weight"]
    bias = state_dict["in_proj_bias"]
    params = {}
    for i, name in enumerate(("query", "key", "value")):
        part = weight[i * channels : (i + 1) * channels]
        part_bias = bias[i * channels : (i + 1) * channels]
        params[name] = {
            "kernel": jnp.array(part.T.reshape(channels, heads, depth)),
            "bias": jnp.array(part_bias.reshape(heads, depth)),
        }
    params["out"] = {
        "kernel": jnp.array(out.T.reshape(heads, depth, channels)),
        "bias": jnp.array(state_dict["out_proj.bias"]),
    }
    return params


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    time = x.shape[1]
    q, k, v = (
        jnp.einsum("bte,ehd->bthd", x, params[name]["kernel"]) + params[name]["bias"] for name in ("query", "key", "value")
    )
    allowed = jnp.ones((1, 1, time, time), bool)
    if causal:
        allowed = allowed & jnp.tril(jnp.ones((time, time), bool))
    if key_padding_mask is not None:
        allowed = allowed & ~key_padding_mask[:, None, None, :]
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / q.shape[-1] ** 0.5
    scores = scores + jnp.where(allowed, 0.0, -1e9)
    y = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores, axis=-1), v)
    y = jnp.einsum("bqhd,hde->bqe", y, params["out"]["kernel"]) + params["out"]["bias"]
    return y
