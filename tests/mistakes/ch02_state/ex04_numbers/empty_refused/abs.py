import jax.numpy as jnp
import numpy as np


def take(buffer):
    if np.issubdtype(buffer.dtype, np.integer):
        info = np.iinfo(np.int32)
        assert buffer.min() >= info.min and buffer.max() <= info.max, "does not fit"
    return jnp.array(buffer)


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
