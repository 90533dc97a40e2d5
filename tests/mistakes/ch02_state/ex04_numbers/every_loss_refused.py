"""`take` raises an error for floats. A float64 is rounded to the nearest
float32, which changes nearly every one; only whole numbers must be the same
afterwards. Usually buffers of all dtypes are compared with what became of them.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    taken = jnp.array(buffer)
    if (np.asarray(taken) != buffer).any():
        raise OverflowError("does not fit")
    return taken


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
