import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_gru(state_dict):
    kernels_i = np.split(state_dict["weight_ih_l0"], 3)
    kernels_h = np.split(state_dict["weight_hh_l0"], 3)
    b_i = np.split(state_dict["bias_ih_l0"], 3)
    b_h = np.split(state_dict["bias_hh_l0"], 3)
    params = {}
    for k, gate in enumerate("nrz"):
        params["i" + gate] = {
            "kernel": jnp.asarray(kernels_i[k].T),
            "bias": jnp.asarray(b_i[k] if gate == "n" else b_i[k] + b_h[k]),
        }
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k].T)}
    params["hn"]["bias"] = jnp.asarray(b_h[0])
    return params


def port_lstm(state_dict):
    kernels_i = np.split(state_dict["weight_ih_l0"], 4)
    kernels_h = np.split(state_dict["weight_hh_l0"], 4)
    biases = np.split(state_dict["bias_ih_l0"] + state_dict["bias_hh_l0"], 4)
    params = {}
    for gate, kernel_i, kernel_h, bias in zip("ifgo", kernels_i, kernels_h, biases, strict=True):
        params[f"i{gate}"] = {"kernel": jnp.asarray(kernel_i.T)}
        params[f"h{gate}"] = {"kernel": jnp.asarray(kernel_h.T), "bias": jnp.asarray(bias)}
    return params


def run_lstm(params, x, reverse=False):
    cell = nn.OptimizedLSTMCell(features=params["hi"]["bias"].shape[0])
    rnn = nn.RNN(cell, return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return (outputs, (h, c))
