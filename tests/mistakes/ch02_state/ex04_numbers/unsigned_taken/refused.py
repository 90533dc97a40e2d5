import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64:
        if (buffer > 2**32 - 1).any():
            raise OverflowError("does not fit")
        return jnp.array(buffer.astype(np.uint32))
    return jnp.array(buffer)


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
