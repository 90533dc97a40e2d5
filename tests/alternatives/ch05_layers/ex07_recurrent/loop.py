"""A Python loop over Flax's other LSTM cell; frozen parameters; x and outputs
turned round by hand.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.core import freeze


def port_lstm(state_dict):
    params = {}
    for side, weight in (("i", "weight_ih_l0"), ("h", "weight_hh_l0")):
        for gate, kernel in zip("ifgo", jnp.split(jnp.asarray(state_dict[weight]).T, 4, axis=1), strict=True):
            params[side + gate] = {"kernel": kernel}
    for gate, bias in zip("ifgo", jnp.split(state_dict["bias_ih_l0"] + state_dict["bias_hh_l0"], 4), strict=True):
        params["h" + gate]["bias"] = bias
    return freeze(params)


def port_gru(state_dict):
    def layer(side, k, *biases):
        kernel = jnp.asarray(state_dict[f"weight_{side}_l0"]).T
        parts = [jnp.split(state_dict[f"bias_{b}_l0"], 3)[k] for b in biases]
        return {"kernel": jnp.split(kernel, 3, axis=1)[k]} | ({"bias": sum(parts)} if parts else {})

    params = {"ir": layer("ih", 0, "ih", "hh"), "iz": layer("ih", 1, "ih", "hh"), "in": layer("ih", 2, "ih")}
    return freeze(params | {"hr": layer("hh", 0), "hz": layer("hh", 1), "hn": layer("hh", 2, "hh")})


def run_lstm(params, x, reverse=False):
    cell = nn.LSTMCell(len(params["hf"]["bias"]))
    x = x[:, ::-1] if reverse else x
    carry = cell.initialize_carry(jax.random.key(0), x[:, 0].shape)
    outputs = []
    for t in range(x.shape[1]):
        carry, y = cell.apply({"params": params}, carry, x[:, t])
        outputs.append(y)
    outputs = jnp.stack(outputs[::-1] if reverse else outputs, axis=1)
    return outputs, carry[::-1]
