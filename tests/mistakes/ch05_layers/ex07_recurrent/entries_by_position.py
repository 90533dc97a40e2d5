"""The arrays are taken by their position in the state_dict: with its entries in
another order, the parameters are others, or an error is raised. Usually
`state_dict.values()` is unpacked. Files and JAX sort their entries by name.
Fetch each array by its name.
"""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_lstm(state_dict):
    w_ih, w_hh, b_ih, b_hh = state_dict.values()
    kernels_i, kernels_h = np.split(w_ih.T, 4, axis=1), np.split(w_hh.T, 4, axis=1)
    biases = np.split(b_ih + b_hh, 4)
    params = {}
    for k, gate in enumerate("ifgo"):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[k])}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k]), "bias": jnp.asarray(biases[k])}
    return params


def port_gru(state_dict):
    w_ih, w_hh, b_ih, b_hh = state_dict.values()
    kernels_i, kernels_h = np.split(w_ih.T, 3, axis=1), np.split(w_hh.T, 3, axis=1)
    b_ir, b_iz, b_in = np.split(b_ih, 3)
    b_hr, b_hz, b_hn = np.split(b_hh, 3)
    params = {}
    for k, (gate, bias) in enumerate([("r", b_ir + b_hr), ("z", b_iz + b_hz), ("n", b_in)]):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[k]), "bias": jnp.asarray(bias)}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k])}
    params["hn"]["bias"] = jnp.asarray(b_hn)
    return params


def run_lstm(params, x, reverse=False):
    rnn = nn.RNN(nn.OptimizedLSTMCell(params["hi"]["bias"].size), return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return outputs, (h, c)
