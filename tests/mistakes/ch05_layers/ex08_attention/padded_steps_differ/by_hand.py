import jax
import jax.numpy as jnp
import numpy as np


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


def attend(params, x, key_padding_mask=None, causal=False):
    q, k, v = (jnp.einsum("bte,ehd->bthd", x, params[n]["kernel"]) + params[n]["bias"] for n in ("query", "key", "value"))
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / jnp.sqrt(q.shape[-1])
    if key_padding_mask is not None:
        blocked = key_padding_mask[:, None, :] | key_padding_mask[:, :, None]
        scores = jnp.where(blocked[:, None], -jnp.inf, scores)
    if causal:
        scores = jnp.where(jnp.tri(x.shape[1], dtype=bool), scores, -jnp.inf)
    y = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores), v)
    return jnp.einsum("bqhd,hde->bqe", y, params["out"]["kernel"]) + params["out"]["bias"]
