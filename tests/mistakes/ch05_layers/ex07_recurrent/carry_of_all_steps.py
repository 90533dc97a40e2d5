"""The carry has an axis too many. Usually `initialize_carry` was called with
the shape of all of x, (batch, time, features), and made a carry for every step.
A cell sees one step at a time: give it the shape of x[:, 0].
"""

import flax.linen as nn
import jax
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
    b_ir, b_iz, b_in = np.split(state_dict["bias_ih_l0"], 3)
    b_hr, b_hz, b_hn = np.split(state_dict["bias_hh_l0"], 3)
    params = {}
    for k, (gate, bias) in enumerate([("r", b_ir + b_hr), ("z", b_iz + b_hz), ("n", b_in)]):
        params["i" + gate] = {"kernel": jnp.asarray(kernels_i[k]), "bias": jnp.asarray(bias)}
        params["h" + gate] = {"kernel": jnp.asarray(kernels_h[k])}
    params["hn"]["bias"] = jnp.asarray(b_hn)
    return params


def run_lstm(params, x, reverse=False):
    cell = nn.OptimizedLSTMCell(params["hi"]["bias"].size)
    carry = cell.initialize_carry(jax.random.key(0), x.shape)
    times = range(x.shape[1])
    outputs = {}
    for t in reversed(times) if reverse else times:
        carry, outputs[t] = cell.apply({"params": params}, carry, x[:, t])
    c, h = carry
    return jnp.stack([outputs[t] for t in times], axis=1), (h, c)
