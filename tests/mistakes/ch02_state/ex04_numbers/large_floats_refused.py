"""`take` raises an error for floats that an int32 would not hold. Usually every
buffer's numbers are compared with the limits of int32. A float32 holds numbers
up to 3.4e38, rounded: compare those of an int64 buffer alone.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.size and (buffer.max() > 2**31 - 1 or buffer.min() < -(2**31)):
        raise OverflowError("a number of the buffer does not fit into 32 bits")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
