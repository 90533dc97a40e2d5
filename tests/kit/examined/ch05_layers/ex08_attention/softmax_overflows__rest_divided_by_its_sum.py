from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def port_mha(state_dict: dict[str, np.ndarray], heads: int) -> Any:
    """The weights of `torch_mha` as the parameters of
    `nn.MultiHeadDotProductAttention`, float32 `jax.Array`s.

    state_dict: "in_proj_weight" (3 * channels, channels), "in_proj_bias" (3 *
    channels,), "out_proj.weight" (channels, channels) and "out_proj.bias"
    (channels,), in any order; it must not change. Returns {"query": {"kernel",
    "bias"}, "key": ..., "value": ..., "out": ...}.
    """
    channels = state_dict["out_proj.weight"].shape[0]
    depth = channels // heads
    weights = np.split(np.asarray(state_dict["in_proj_weight"]), 3)
    biases = np.split(np.asarray(state_dict["in_proj_bias"]), 3)
    params = {}
    for name, w, b in zip(("query", "key", "value"), weights, biases, strict=True):
        kernel = w.T.reshape(channels, heads, depth)
        bias = b.reshape(heads, depth)
        params[name] = {"kernel": kernel, "bias": bias}
    out = np.asarray(state_dict["out_proj.weight"]).T.reshape(heads, depth, channels)
    params["out"] = {"kernel": out, "bias": state_dict["out_proj.bias"]}
    return jax.tree.map(lambda a: jnp.array(a, jnp.float32), params)


def attend(params: Any, x: jax.Array, key_padding_mask: jax.Array | None = None, causal: bool = False) -> jax.Array:
    """What `torch_attend` computes.

    params: those of an `nn.MultiHeadDotProductAttention`; read the number of
    heads from their shapes. They stay as they are. x: float32 (batch, time,
    channels); key_padding_mask: bool (batch, time), True where x is padding.
    Padding may be anywhere, and no step may see it, whatever the scores are:
    some of x are around 1e6. With `causal`, step t sees the steps up to and
    including t. Returns an array of x's shape.
    """
    q, k, v = (
        jnp.einsum("bte,ehd->bthd", x, params[name]["kernel"]) + params[name]["bias"] for name in ("query", "key", "value")
    )
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(q.shape[-1])
    time = x.shape[1]
    allowed = jnp.ones((1, 1, time, time), bool)
    if causal:
        allowed = allowed & jnp.tril(jnp.ones((time, time), bool))
    if key_padding_mask is not None:
        allowed = allowed & ~key_padding_mask[:, None, None, :]
    weights = jnp.where(allowed, jax.nn.softmax(scores, axis=-1), 0.0)
    weights = weights / weights.sum(axis=-1, keepdims=True)
    y = jnp.einsum("bhqk,bkhd->bqhd", weights, v)
    return jnp.einsum("bqhd,hde->bqe", y, params["out"]["kernel"]) + params["out"]["bias"]
