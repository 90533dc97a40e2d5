"""The function cannot run under `jax.jit` or `jax.grad`: something in it turns
x into a NumPy array. NumPy cannot compute with what JAX passes in there.
Usually `np` was written for `jnp`, as in `np.mean(x)` or `np.asarray(x)`;
compute with `jnp` from beginning to end.
"""

import jax.numpy as jnp
import numpy as np


def layer_norm(x, weight, bias):
    x = np.asarray(x)
    mean, var = np.mean(x, -1, keepdims=True), np.var(x, -1, keepdims=True)
    return jnp.asarray((x - mean) / np.sqrt(var + np.float32(1e-5)) * weight + bias)


def group_norm(x, weight, bias, groups):
    grouped = np.reshape(x, (*x.shape[:3], groups, -1))
    mean, var = np.mean(grouped, (1, 2, 4), keepdims=True), np.var(grouped, (1, 2, 4), keepdims=True)
    return jnp.asarray(np.reshape((grouped - mean) / np.sqrt(var + np.float32(1e-5)), x.shape) * weight + bias)


def rms_norm(x, weight):
    x = np.asarray(x)
    return jnp.asarray(x / np.sqrt(np.mean(x**2, -1, keepdims=True) + np.finfo(x.dtype).eps) * weight)
