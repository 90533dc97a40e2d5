"""port_lstm adds bias_hh to state_dict's bias_ih in place: the caller's array
changes, and a second call adds it again.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_lstm(state_dict: dict[str, np.ndarray]) -> Any:
    bias = state_dict["bias_ih_l0"]
    bias += state_dict["bias_hh_l0"]
    w_i = np.split(state_dict["weight_ih_l0"], 4)
    w_h = np.split(state_dict["weight_hh_l0"], 4)
    params = {}
    for gate, wi, wh, b in zip("ifgo", w_i, w_h, np.split(bias, 4), strict=True):
        params["i" + gate] = {"kernel": jnp.asarray(wi.T, jnp.float32)}
        params["h" + gate] = {"kernel": jnp.asarray(wh.T, jnp.float32), "bias": jnp.asarray(b, jnp.float32)}
    return params


def port_gru(state_dict: dict[str, np.ndarray]) -> Any:
    wir, wiz, win = np.split(state_dict["weight_ih_l0"], 3)
    whr, whz, w_hn = np.split(state_dict["weight_hh_l0"], 3)
    bir, biz, bin_ = np.split(state_dict["bias_ih_l0"], 3)
    bhr, bhz, bhn = np.split(state_dict["bias_hh_l0"], 3)
    params = {
        "ir": {"kernel": wir.T, "bias": bir + bhr},
        "iz": {"kernel": wiz.T, "bias": biz + bhz},
        "in": {"kernel": win.T, "bias": bin_},
        "hr": {"kernel": whr.T},
        "hz": {"kernel": whz.T},
        "hn": {"kernel": w_hn.T, "bias": bhn},
    }
    return jax.tree.map(lambda a: jnp.asarray(a, jnp.float32), params)


def run_lstm(params: Any, x: jax.Array, reverse: bool = False) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    rnn = nn.RNN(nn.OptimizedLSTMCell(params["hi"]["bias"].shape[0]), return_carry=True, reverse=reverse, keep_order=True)
    (c, h), outputs = rnn.apply({"params": {"cell": params}}, x)
    return outputs, (h, c)
