"""For a later state_dict of the same sizes, `stem` under jax.jit returns the
numbers of the earlier one's conv and bn. Usually `port_stem` leaves the weights
in a global: jax.jit keeps those of its first call. Return them from `port_stem`
and read them from `variables`.
"""

import flax.linen as nn
import jax.numpy as jnp


class Features(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Conv(5, (7, 7), strides=2, padding=3, use_bias=False, name="conv")(x)
        return nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-5, name="bn")(x))


def max_pool(x, window, stride=None, padding=0):
    stride = window if stride is None else stride
    return nn.max_pool(x, (window, window), (stride, stride), ((padding, padding), (padding, padding)))


VARIABLES = {}


def port_stem(state_dict):
    s = {name: jnp.asarray(array) for name, array in state_dict.items()}
    params = {
        "conv": {"kernel": s["conv.weight"].transpose(2, 3, 1, 0)},
        "bn": {"scale": s["bn.weight"], "bias": s["bn.bias"]},
    }
    batch_stats = {"bn": {"mean": s["bn.running_mean"], "var": s["bn.running_var"]}}
    VARIABLES["features"] = {"params": params, "batch_stats": batch_stats}
    VARIABLES["fc"] = {"kernel": s["fc.weight"].T, "bias": s["fc.bias"]}
    return VARIABLES


def stem(variables, x):
    x = Features().apply(VARIABLES["features"], x)
    x = max_pool(x, 3, stride=2, padding=1)
    x = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)  # PyTorch's order: channel by channel
    return x @ VARIABLES["fc"]["kernel"] + VARIABLES["fc"]["bias"]
