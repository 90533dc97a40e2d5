"""`take` or `since` raises an error for some shapes. Usually it goes through
the array along its first axis: an array of shape () has none, and the elements
of one with two axes are arrays. NumPy's functions take every shape at once.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64:
        for row in buffer:
            if (row.astype(np.int32) != row).any():
                raise OverflowError("does not fit")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
