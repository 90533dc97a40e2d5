"""Gate by gate from slices, with n treated as r and z are."""

import flax.linen as nn
import jax.numpy as jnp


def port_lstm(state_dict):
    s = {name: jnp.asarray(array) for name, array in state_dict.items()}
    hidden = s["bias_hh_l0"].size // 4
    params = {}
    for k, gate in enumerate("ifgo"):
        own = slice(k * hidden, (k + 1) * hidden)
        params[f"i{gate}"] = {"kernel": s["weight_ih_l0"][own].T}
        params[f"h{gate}"] = {"kernel": s["weight_hh_l0"][own].T, "bias": s["bias_ih_l0"][own] + s["bias_hh_l0"][own]}
    return params


def port_gru(state_dict):
    s = {name: jnp.asarray(array) for name, array in state_dict.items()}
    hidden = s["bias_hh_l0"].size // 3
    params = {"hn": {"bias": jnp.zeros(hidden)}}
    for k, gate in enumerate("rzn"):
        own = slice(k * hidden, (k + 1) * hidden)
        params[f"i{gate}"] = {"kernel": s["weight_ih_l0"][own].T, "bias": s["bias_hh_l0"][own] + s["bias_ih_l0"][own]}
        params.setdefault(f"h{gate}", {})["kernel"] = s["weight_hh_l0"][own].T
    return params


def run_lstm(params, x, reverse=False):
    if reverse:
        outputs, last = run_lstm(params, jnp.flip(x, 1))
        return jnp.flip(outputs, 1), last
    rnn = nn.RNN(nn.LSTMCell(params["hi"]["kernel"].shape[1]))
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x, return_carry=True)
    return outputs, (h, c)
