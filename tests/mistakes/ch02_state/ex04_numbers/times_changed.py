"""`since` changes the array of times that it is given, in place: the caller's
times are differences afterwards. Usually `times -= start` does this. Write
`times - start`, which makes a new array.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("a number of the buffer does not fit into 32 bits")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    times -= start
    return jnp.asarray(times, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
