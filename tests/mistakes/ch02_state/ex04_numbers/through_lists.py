"""`take` makes a list of the buffer, and a list has no dtype: uint8 comes back
as int32, and nothing as float32. Copy the array itself, or name its dtype.
"""

import jax.numpy as jnp


def take(buffer):
    return jnp.array(buffer.tolist())


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
