import jax.numpy as jnp
import numpy as np


def take(buffer):
    dtype = {"int64": np.int32, "float64": np.float32}.get(buffer.dtype.name, buffer.dtype)
    narrow = buffer.astype(dtype)
    if not np.allclose(narrow, buffer):
        raise OverflowError("does not fit")
    return jnp.array(narrow)


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
