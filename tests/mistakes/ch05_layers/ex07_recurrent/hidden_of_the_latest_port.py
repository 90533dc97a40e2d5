"""`run_lstm` counts on the hidden units of the latest port: parameters with
others raise an error. Usually `port_lstm` leaves the number or the cell in a
global. Read it from the shapes in `params`: `params["hi"]["bias"].shape[0]`.
"""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_lstm(state_dict):
    global hidden
    hidden = state_dict["weight_hh_l0"].shape[1]
    kernels_i = np.split(state_dict["weight_ih_l0"].T, 4, axis=1)
    kernels_h = np.split(state_dict["weight_hh_l0"].T, 4, axis=1)
    biases = np.split(state_dict["bias_ih_l0"] + state_dict["bias_hh_l0"], 4)
    params = {}
    for k, gate in enumerate("ifgo"):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[k])}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k]), "bias": jnp.asarray(biases[k])}
    return params


def port_gru(state_dict):
    kernels_i = np.split(state_dict["weight_ih_l0"].T, 3, axis=1)
    kernels_h = np.split(state_dict["weight_hh_l0"].T, 3, axis=1)
    b_ir, b_iz, b_in = np.split(state_dict["bias_ih_l0"], 3)
    b_hr, b_hz, b_hn = np.split(state_dict["bias_hh_l0"], 3)
    params = {}
    for k, (gate, bias) in enumerate([("r", b_ir + b_hr), ("z", b_iz + b_hz), ("n", b_in)]):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[k]), "bias": jnp.asarray(bias)}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k])}
    params["hn"]["bias"] = jnp.asarray(b_hn)
    return params


def run_lstm(params, x, reverse=False):
    rnn = nn.RNN(nn.OptimizedLSTMCell(hidden), return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return outputs, (h, c)
