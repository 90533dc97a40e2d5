"""`take` returns None for a number that int32 does not hold, and raises no
error: what comes next fails, or does not. Use `raise OverflowError(...)`.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        return None
    return jnp.array(buffer)


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
