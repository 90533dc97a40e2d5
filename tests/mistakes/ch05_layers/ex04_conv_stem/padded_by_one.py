"""`max_pool` pads by 1 whenever `padding` is not 0. A window of 5 can be padded
by 2. Pad each side by the number that is given.
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
    sides = ((1, 1), (1, 1)) if padding else "VALID"
    return nn.max_pool(x, (window, window), (stride, stride), sides)


def port_stem(state_dict):
    s = {name: jnp.asarray(array) for name, array in state_dict.items()}
    params = {
        "conv": {"kernel": s["conv.weight"].transpose(2, 3, 1, 0)},
        "bn": {"scale": s["bn.weight"], "bias": s["bn.bias"]},
    }
    batch_stats = {"bn": {"mean": s["bn.running_mean"], "var": s["bn.running_var"]}}
    return {
        "features": {"params": params, "batch_stats": batch_stats},
        "fc": {"kernel": s["fc.weight"].T, "bias": s["fc.bias"]},
    }


def stem(variables, x):
    x = Features().apply(variables["features"], x)
    x = max_pool(x, 3, stride=2, padding=1)
    x = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)
    return x @ variables["fc"]["kernel"] + variables["fc"]["bias"]
