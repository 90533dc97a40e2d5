"""In a program that computes in 64 bits by default, it computes in 32 bits
after your function. Usually `jax_enable_x64` is set to True and then to False,
and was True before. In a block, `with jax.enable_x64(True):` sets back what was
there.
"""

import jax
import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("a number of the buffer does not fit into 32 bits")
    return jnp.asarray(np.array(buffer))


def since(times, start):
    jax.config.update("jax_enable_x64", True)
    try:
        return (jnp.asarray(times) - start).astype(jnp.float32)
    finally:
        jax.config.update("jax_enable_x64", False)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
