import jax
import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("a number of the buffer does not fit into 32 bits")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    jax.config.update("jax_enable_x64", True)
    total = seen[0].astype(jnp.int64) * 1_000_000 + seen[1] + n
    return jnp.stack([total // 1_000_000, total % 1_000_000]).astype(jnp.int32)


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
