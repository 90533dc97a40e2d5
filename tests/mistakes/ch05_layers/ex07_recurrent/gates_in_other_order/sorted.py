import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_lstm(state_dict):
    kernels_i = np.split(state_dict["weight_ih_l0"], 4)
    kernels_h = np.split(state_dict["weight_hh_l0"], 4)
    biases = np.split(state_dict["bias_ih_l0"] + state_dict["bias_hh_l0"], 4)
    params = {}
    for k, gate in enumerate("fgio"):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[k].T)}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k].T), "bias": jnp.asarray(biases[k])}
    return params


def port_gru(state_dict):
    kernels_i = np.split(state_dict["weight_ih_l0"], 3)
    kernels_h = np.split(state_dict["weight_hh_l0"], 3)
    biases_i = np.split(state_dict["bias_ih_l0"], 3)
    biases_h = np.split(state_dict["bias_hh_l0"], 3)
    params = {}
    for gate, kernel_i, kernel_h, bias_i, bias_h in zip("rzn", kernels_i, kernels_h, biases_i, biases_h, strict=True):
        params[f"i{gate}"] = {"kernel": jnp.asarray(kernel_i.T), "bias": jnp.asarray(bias_i + bias_h)}
        params[f"h{gate}"] = {"kernel": jnp.asarray(kernel_h.T)}
    params["in"]["bias"] = jnp.asarray(biases_i[2])
    params["hn"]["bias"] = jnp.asarray(biases_h[2])
    return params


def run_lstm(params, x, reverse=False):
    cell = nn.OptimizedLSTMCell(features=params["hi"]["bias"].shape[0])
    rnn = nn.RNN(cell, return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return (outputs, (h, c))
