"""`take` returns int32 where the buffer has uint8 or bool. Only int64 and
float64 change their dtype. Usually every buffer that is not of floats is
converted to int32.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("does not fit")
    if np.issubdtype(buffer.dtype, np.floating):
        return jnp.array(buffer, dtype=jnp.float32)
    return jnp.array(buffer, dtype=jnp.int32)


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
