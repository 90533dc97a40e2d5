"""`take` raises an error for a buffer without elements. Usually it asks for
`buffer.max()` or `buffer.min()`, and no elements have no largest one.
`(...).any()` of no elements is False.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.max() > 2**31 - 1 or buffer.min() < -(2**31)):
        raise OverflowError("does not fit")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
