import flax.linen as nn
import jax.numpy as jnp


def port_lstm(state_dict):
    size = state_dict["weight_hh_l0"].shape[1]
    kernels_i = state_dict["weight_ih_l0"].reshape(size, 4, -1)
    kernels_h = state_dict["weight_hh_l0"].reshape(size, 4, size)
    biases = (state_dict["bias_ih_l0"] + state_dict["bias_hh_l0"]).reshape(size, 4)
    params = {}
    for k, gate in enumerate("ifgo"):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[:, k].T)}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[:, k].T), "bias": jnp.asarray(biases[:, k])}
    return params


def port_gru(state_dict):
    size = state_dict["weight_hh_l0"].shape[1]
    i = state_dict["weight_ih_l0"].reshape(size, 3, -1)
    h = state_dict["weight_hh_l0"].reshape(size, 3, size)
    b_i, b_h = state_dict["bias_ih_l0"].reshape(size, 3), state_dict["bias_hh_l0"].reshape(size, 3)
    params = {}
    for k, gate in enumerate("rzn"):
        bias = b_i[:, k] if gate == "n" else b_i[:, k] + b_h[:, k]
        params["i" + gate] = {"kernel": jnp.asarray(i[:, k].T), "bias": jnp.asarray(bias)}
        params["h" + gate] = {"kernel": jnp.asarray(h[:, k].T)}
    params["hn"]["bias"] = jnp.asarray(b_h[:, 2])
    return params


def run_lstm(params, x, reverse=False):
    cell = nn.OptimizedLSTMCell(features=params["hi"]["bias"].shape[0])
    rnn = nn.RNN(cell, return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return (outputs, (h, c))
