"""`count` is wrong when there are too many tokens for 32 bits. The millions
times 1,000,000, plus the rest, has no room there, and no error says so;
`astype(jnp.int64)` still gives int32. Never make the whole number: add the
rests, and carry what exceeds a million.
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
    total = seen[0] * 1_000_000 + seen[1] + n
    return jnp.stack([total // 1_000_000, total % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
