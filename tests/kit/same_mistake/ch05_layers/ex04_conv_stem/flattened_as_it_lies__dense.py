"""nn.Dense for the Linear, vmap of ravel to flatten."""

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
    def get(name):
        return jnp.asarray(state_dict[name])

    params = {"conv": {"kernel": get("conv.weight").transpose(2, 3, 1, 0)}, "bn": {}}
    params["bn"]["scale"], params["bn"]["bias"] = get("bn.weight"), get("bn.bias")
    statistics = {"bn": {"mean": get("bn.running_mean"), "var": get("bn.running_var")}}
    head = {"params": {"kernel": get("fc.weight").T, "bias": get("fc.bias")}}
    return {"params": params, "batch_stats": statistics}, head


def stem(variables, x):
    body, head = variables
    x = nn.max_pool(Features().apply(body, x), (3, 3), (2, 2), ((1, 1), (1, 1)))
    return nn.Dense(head["params"]["bias"].size).apply(head, jax.vmap(jnp.ravel)(x))
