"""PyTorch's layout and weights all the way, without a module."""

import jax
import jax.numpy as jnp


def max_pool(x, window, stride=None, padding=0):
    stride = stride or window
    sides = [(0, 0), (padding, padding), (padding, padding), (0, 0)]
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, window, window, 1), (1, stride, stride, 1), sides)


def port_stem(state_dict):
    return jax.tree.map(jnp.asarray, dict(state_dict))


def stem(variables, x):
    v = variables
    x = jnp.pad(x.transpose(0, 3, 1, 2), ((0, 0), (0, 0), (3, 3), (3, 3)))
    x = jax.lax.conv(x, v["conv.weight"], (2, 2), "VALID")
    mean, var, weight, bias = (v[f"bn.{name}"][:, None, None] for name in ("running_mean", "running_var", "weight", "bias"))
    x = jax.nn.relu((x - mean) * jax.lax.rsqrt(var + 1e-5) * weight + bias)
    x = max_pool(x.transpose(0, 2, 3, 1), 3, 2, 1)
    return jnp.moveaxis(x, -1, 1).reshape(len(x), -1) @ v["fc.weight"].T + v["fc.bias"]
