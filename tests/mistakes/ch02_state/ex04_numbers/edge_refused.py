"""`take` raises an error for the smallest or the largest number that int32
holds. The limits are -2**31 and 2**31 - 1, both included. Usually a comparison
has `>=` in the place of `>`, or `abs` takes both sides for equal.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (np.abs(buffer) > 2**31 - 1).any():
        raise OverflowError("does not fit")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
