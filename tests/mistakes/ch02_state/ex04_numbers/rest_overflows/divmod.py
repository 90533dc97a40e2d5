import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("a number of the buffer does not fit into 32 bits")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    more, rest = jnp.divmod(n + seen[1], 1_000_000)
    return jnp.array([seen[0] + more, rest])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
