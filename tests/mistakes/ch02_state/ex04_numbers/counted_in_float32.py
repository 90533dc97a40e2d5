"""`count` is a little off when the numbers are large: a float32 holds every
whole number only up to 2**24 = 16,777,216. int32 is exact; keep the millions
and the rest as int32 all the way.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("a number of the buffer does not fit into 32 bits")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    total = seen[0].astype(jnp.float32) * 1e6 + seen[1] + n
    return jnp.stack([total // 1e6, total % 1e6]).astype(jnp.int32)


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
