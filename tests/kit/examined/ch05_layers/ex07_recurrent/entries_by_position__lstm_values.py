from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_lstm(state_dict: dict[str, np.ndarray]) -> Any:
    gates = "ifgo"
    w_ih, w_hh, b_ih, b_hh = state_dict.values()
    weight_ih, weight_hh, bias = np.split(w_ih, 4), np.split(w_hh, 4), np.split(b_ih + b_hh, 4)
    params = {}
    for gate, w_i, w_h, b in zip(gates, weight_ih, weight_hh, bias, strict=True):
        params["i" + gate] = {"kernel": jnp.asarray(w_i.T)}
        params["h" + gate] = {"kernel": jnp.asarray(w_h.T), "bias": jnp.asarray(b)}
    return params


def port_gru(state_dict: dict[str, np.ndarray]) -> Any:
    w_i = dict(zip("rzn", np.split(np.asarray(state_dict["weight_ih_l0"]), 3), strict=True))
    w_h = dict(zip("rzn", np.split(np.asarray(state_dict["weight_hh_l0"]), 3), strict=True))
    b_i = dict(zip("rzn", np.split(np.asarray(state_dict["bias_ih_l0"]), 3), strict=True))
    b_h = dict(zip("rzn", np.split(np.asarray(state_dict["bias_hh_l0"]), 3), strict=True))
    return {
        "ir": {"kernel": jnp.asarray(w_i["r"].T), "bias": jnp.asarray(b_i["r"] + b_h["r"])},
        "iz": {"kernel": jnp.asarray(w_i["z"].T), "bias": jnp.asarray(b_i["z"] + b_h["z"])},
        "in": {"kernel": jnp.asarray(w_i["n"].T), "bias": jnp.asarray(b_i["n"])},
        "hr": {"kernel": jnp.asarray(w_h["r"].T)},
        "hz": {"kernel": jnp.asarray(w_h["z"].T)},
        "hn": {"kernel": jnp.asarray(w_h["n"].T), "bias": jnp.asarray(b_h["n"])},
    }


def run_lstm(params: Any, x: jax.Array, reverse: bool = False) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    hidden = params["hi"]["bias"].shape[0]
    rnn = nn.RNN(nn.OptimizedLSTMCell(hidden), return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return outputs, (h, c)
