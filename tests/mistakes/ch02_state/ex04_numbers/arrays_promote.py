"""`scale` keeps the dtype of x beside some NumPy numbers, and not beside
every array without axes, or not under jax.jit. Usually NumPy's numbers become
Python's own, by `item()` or `float`, and other factors are left. An array
without axes has a dtype that counts too, and under jax.jit every factor is such
an array. Give each factor the dtype of x:
`jnp.asarray(factor).astype(x.dtype)`.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("a number of the buffer does not fit into 32 bits")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    if isinstance(factor, np.generic):
        factor = factor.item()
    return x * factor
