import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_lstm(state_dict):
    w_ih, w_hh, b_ih, b_hh = state_dict.values()
    params = {}
    for gate, w_i, w_h, b in zip("ifgo", np.split(w_ih, 4), np.split(w_hh, 4), np.split(b_ih + b_hh, 4), strict=True):
        params["i" + gate] = {"kernel": jnp.asarray(w_i.T)}
        params["h" + gate] = {"kernel": jnp.asarray(w_h.T), "bias": jnp.asarray(b)}
    return params


def port_gru(state_dict):
    w_ih, w_hh, b_ih, b_hh = (state_dict[f"{name}_l0"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    params = {}
    parts = [np.split(array, 3) for array in (w_ih, w_hh, b_ih, b_hh)]
    for gate, w_i, w_h, b_i, b_h in zip("rzn", *parts, strict=True):
        params["i" + gate] = {"kernel": jnp.asarray(w_i.T), "bias": jnp.asarray(b_i if gate == "n" else b_i + b_h)}
        params["h" + gate] = {"kernel": jnp.asarray(w_h.T)}
    params["hn"]["bias"] = jnp.asarray(parts[3][2])
    return params


def run_lstm(params, x, reverse=False):
    rnn = nn.RNN(nn.OptimizedLSTMCell(params["hi"]["bias"].size), return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return outputs, (h, c)
