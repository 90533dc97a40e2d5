"""The kernels hold PyTorch's numbers in the wrong places. Usually the weights
were reshaped: `reshape` keeps the numbers in their order, so it neither
transposes nor gathers rows of one gate. The rows of a gate are next to each
other: split the weight into four blocks (three in a GRU) along axis 0, and
transpose each.
"""

import flax.linen as nn
import jax.numpy as jnp


def port_lstm(state_dict):
    hidden = state_dict["weight_hh_l0"].shape[1]
    kernels_i = jnp.asarray(state_dict["weight_ih_l0"]).reshape(-1, 4, hidden)
    kernels_h = jnp.asarray(state_dict["weight_hh_l0"]).reshape(-1, 4, hidden)
    biases = jnp.asarray(state_dict["bias_ih_l0"] + state_dict["bias_hh_l0"]).reshape(4, hidden)
    params = {}
    for k, gate in enumerate("ifgo"):
        params["i" + gate] = {"kernel": kernels_i[:, k]}
        params["h" + gate] = {"kernel": kernels_h[:, k], "bias": biases[k]}
    return params


def port_gru(state_dict):
    hidden = state_dict["weight_hh_l0"].shape[1]
    kernels_i = jnp.asarray(state_dict["weight_ih_l0"]).reshape(-1, 3, hidden)
    kernels_h = jnp.asarray(state_dict["weight_hh_l0"]).reshape(-1, 3, hidden)
    b_i = jnp.asarray(state_dict["bias_ih_l0"]).reshape(3, hidden)
    b_h = jnp.asarray(state_dict["bias_hh_l0"]).reshape(3, hidden)
    return {
        "ir": {"kernel": kernels_i[:, 0], "bias": b_i[0] + b_h[0]},
        "iz": {"kernel": kernels_i[:, 1], "bias": b_i[1] + b_h[1]},
        "in": {"kernel": kernels_i[:, 2], "bias": b_i[2]},
        "hr": {"kernel": kernels_h[:, 0]},
        "hz": {"kernel": kernels_h[:, 1]},
        "hn": {"kernel": kernels_h[:, 2], "bias": b_h[2]},
    }


def run_lstm(params, x, reverse=False):
    rnn = nn.RNN(nn.OptimizedLSTMCell(params["hi"]["bias"].size), return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return outputs, (h, c)
