"""Both ports fill one dict of the module."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

PARAMS = {}


def port_lstm(state_dict: dict[str, np.ndarray]) -> Any:
    kernels_i = np.split(state_dict["weight_ih_l0"], 4)
    kernels_h = np.split(state_dict["weight_hh_l0"], 4)
    biases = np.split(state_dict["bias_ih_l0"] + state_dict["bias_hh_l0"], 4)
    params = PARAMS
    for gate, kernel_i, kernel_h, bias in zip("ifgo", kernels_i, kernels_h, biases, strict=True):
        params[f"i{gate}"] = {"kernel": jnp.asarray(kernel_i.T)}
        params[f"h{gate}"] = {"kernel": jnp.asarray(kernel_h.T), "bias": jnp.asarray(bias)}
    return params


def port_gru(state_dict: dict[str, np.ndarray]) -> Any:
    kernels_i = np.split(state_dict["weight_ih_l0"], 3)
    kernels_h = np.split(state_dict["weight_hh_l0"], 3)
    biases_i = np.split(state_dict["bias_ih_l0"], 3)
    biases_h = np.split(state_dict["bias_hh_l0"], 3)
    params = PARAMS
    for gate, kernel_i, kernel_h, bias_i, bias_h in zip("rzn", kernels_i, kernels_h, biases_i, biases_h, strict=True):
        params[f"i{gate}"] = {"kernel": jnp.asarray(kernel_i.T), "bias": jnp.asarray(bias_i + bias_h)}
        params[f"h{gate}"] = {"kernel": jnp.asarray(kernel_h.T)}
    # b_hn is multiplied by r, b_in is not.
    params["in"]["bias"] = jnp.asarray(biases_i[2])
    params["hn"]["bias"] = jnp.asarray(biases_h[2])
    return params


def run_lstm(params: Any, x: jax.Array, reverse: bool = False) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    cell = nn.OptimizedLSTMCell(features=params["hi"]["bias"].shape[0])
    rnn = nn.RNN(cell, return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return outputs, (h, c)
