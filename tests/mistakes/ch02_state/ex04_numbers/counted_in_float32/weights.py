import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("a number of the buffer does not fit into 32 bits")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    total = jnp.dot(seen.astype(jnp.float32), jnp.array([1e6, 1.0])) + n
    millions = jnp.floor(total / 1e6)
    return jnp.stack([millions, total - millions * 1e6]).astype(jnp.int32)


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
