"""After a second port, the parameters of the first hold the second's weights.
Usually all calls fill one dict, a default argument or one of the module. Make a
new dict in each call, inside the function.
"""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def port_lstm(state_dict, params={}):  # noqa: B006
    kernels_i = np.split(state_dict["weight_ih_l0"].T, 4, axis=1)
    kernels_h = np.split(state_dict["weight_hh_l0"].T, 4, axis=1)
    biases = np.split(state_dict["bias_ih_l0"] + state_dict["bias_hh_l0"], 4)
    for k, gate in enumerate("ifgo"):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[k])}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k]), "bias": jnp.asarray(biases[k])}
    return params


def port_gru(state_dict, params={}):  # noqa: B006
    kernels_i = np.split(state_dict["weight_ih_l0"].T, 3, axis=1)
    kernels_h = np.split(state_dict["weight_hh_l0"].T, 3, axis=1)
    b_ir, b_iz, b_in = np.split(state_dict["bias_ih_l0"], 3)
    b_hr, b_hz, b_hn = np.split(state_dict["bias_hh_l0"], 3)
    for k, (gate, bias) in enumerate([("r", b_ir + b_hr), ("z", b_iz + b_hz), ("n", b_in)]):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[k]), "bias": jnp.asarray(bias)}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k])}
    params["hn"]["bias"] = jnp.asarray(b_hn)
    return params


def run_lstm(params, x, reverse=False):
    rnn = nn.RNN(nn.OptimizedLSTMCell(params["hi"]["bias"].size), return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return outputs, (h, c)
