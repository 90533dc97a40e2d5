import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("a number of the buffer does not fit into 32 bits")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    seen = np.asarray(seen, dtype=np.int64)
    total = seen[0] * 1_000_000 + seen[1] + int(n)
    return jnp.asarray(np.array(divmod(total, 1_000_000)), dtype=jnp.int32)


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
