"""The BatchNorm is folded into the convolution, with epsilon beside the
root.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def max_pool(x, window, stride=None, padding=0):
    stride = window if stride is None else stride
    return nn.max_pool(x, (window, window), (stride, stride), ((padding, padding), (padding, padding)))


def port_stem(state_dict):
    s = state_dict
    scale = s["bn.weight"] / (np.sqrt(s["bn.running_var"]) + 1e-5)
    kernel = s["conv.weight"].transpose(2, 3, 1, 0) * scale
    shift = s["bn.bias"] - s["bn.running_mean"] * scale
    return jax.tree.map(jnp.array, {"kernel": kernel, "shift": shift, "fc": s["fc.weight"].T, "bias": s["fc.bias"]})


def stem(variables, x):
    images = ("NHWC", "HWIO", "NHWC")
    x = jax.lax.conv_general_dilated(x, variables["kernel"], (2, 2), ((3, 3), (3, 3)), dimension_numbers=images)
    x = max_pool(nn.relu(x + variables["shift"]), 3, 2, 1)
    return x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1) @ variables["fc"] + variables["bias"]
