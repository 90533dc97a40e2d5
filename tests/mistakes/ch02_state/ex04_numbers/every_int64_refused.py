"""`take` raises an error for every int64 buffer. Its dtype says nothing of its
numbers, and a loader's token ids fit nearly always. Compare the numbers
themselves with int32's limits.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if not np.can_cast(buffer.dtype, np.int32) and buffer.dtype.kind == "i":
        raise OverflowError("int64 does not fit into int32")
    return jnp.array(buffer)


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
