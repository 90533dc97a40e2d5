"""`take` raises no error for a number that int32 does not hold, and returns a
different one in its place: the limit, or 0. Usually that is `clip` or `where`.
A token id that is cut to the limit is a different token: raise an error.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64:
        buffer = np.clip(buffer, -(2**31), 2**31 - 1)
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
