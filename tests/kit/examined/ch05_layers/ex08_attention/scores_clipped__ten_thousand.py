from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict: dict[str, np.ndarray], heads: int) -> Any:
    weight, bias = state_dict["in_proj_weight"], state_dict["in_proj_bias"]
    channels = weight.shape[1]
    dim = channels // heads
    params = {}
    for k, name in enumerate(("query", "key", "value")):
        rows = slice(k * channels, (k + 1) * channels)
        params[name] = {
            "kernel": jnp.array(weight[rows].T.reshape(channels, heads, dim), jnp.float32),
            "bias": jnp.array(bias[rows].reshape(heads, dim), jnp.float32),
        }
    params["out"] = {
        "kernel": jnp.array(state_dict["out_proj.weight"].T.reshape(heads, dim, channels), jnp.float32),
        "bias": jnp.array(state_dict["out_proj.bias"], jnp.float32),
    }
    return params


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    dim = params["query"]["kernel"].shape[2]
    time = x.shape[1]
    q, k, v = (
        jnp.einsum("bte,ehd->bhtd", x, params[name]["kernel"]) + params[name]["bias"][:, None]
        for name in ("query", "key", "value")
    )
    allowed = jnp.ones((1, 1, time, time), bool)
    if causal:
        allowed = allowed & jnp.tril(jnp.ones((time, time), bool))
    if key_padding_mask is not None:
        allowed = allowed & ~key_padding_mask[:, None, None, :]
    scores = jnp.einsum("bhqd,bhkd->bhqk", q, k) / np.sqrt(dim)
    scores = jnp.clip(scores, -1e4, 1e4)
    scores = jnp.where(allowed, scores, jnp.finfo(scores.dtype).min)
    weights = jax.nn.softmax(scores, axis=-1)
    y = jnp.einsum("bhqk,bhkd->bhqd", weights, v)
    return jnp.einsum("bhqd,hde->bqe", y, params["out"]["kernel"]) + params["out"]["bias"]
