"""The equations of an LSTM, scanned over time; the gates cut out of PyTorch's
layout one by one.
"""

import jax
import jax.numpy as jnp


def port_lstm(state_dict):
    w = {name: jnp.asarray(array) for name, array in state_dict.items()}
    size = w["weight_hh_l0"].shape[1]
    params = {}
    for k, gate in enumerate(["i", "f", "g", "o"]):
        rows = slice(k * size, (k + 1) * size)
        params["i" + gate] = {"kernel": w["weight_ih_l0"][rows].T}
        bias = w["bias_hh_l0"][rows] + w["bias_ih_l0"][rows]
        params["h" + gate] = {"kernel": jnp.swapaxes(w["weight_hh_l0"][rows], 0, 1), "bias": bias}
    return params


def port_gru(state_dict):
    size = state_dict["weight_hh_l0"].shape[1]
    i = [jnp.asarray(b) for b in state_dict["weight_ih_l0"].reshape(3, size, -1)]
    h = [jnp.asarray(b) for b in state_dict["weight_hh_l0"].reshape(3, size, size)]
    b_i, b_h = (jnp.asarray(state_dict[f"bias_{side}_l0"].reshape(3, size)) for side in ("ih", "hh"))
    return {
        "hn": {"bias": b_h[2], "kernel": h[2].T},
        "hz": {"kernel": h[1].T},
        "hr": {"kernel": h[0].T},
        "in": {"bias": b_i[2], "kernel": i[2].T},
        "iz": {"bias": (b_i + b_h)[1], "kernel": i[1].T},
        "ir": {"bias": (b_i + b_h)[0], "kernel": i[0].T},
    }


def run_lstm(params, x, reverse=False):
    kernel_i = jnp.concatenate([params["i" + gate]["kernel"] for gate in "ifgo"], axis=1)
    kernel_h = jnp.concatenate([params["h" + gate]["kernel"] for gate in "ifgo"], axis=1)
    bias = jnp.concatenate([params["h" + gate]["bias"] for gate in "ifgo"])

    def step(carry, x_t):
        h, c = carry
        i, f, g, o = jnp.split(x_t @ kernel_i + h @ kernel_h + bias, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zeros = jnp.zeros((x.shape[0], kernel_h.shape[0]))
    last, outputs = jax.lax.scan(step, (zeros, zeros), x.swapaxes(0, 1), reverse=reverse)
    return outputs.swapaxes(0, 1), last
