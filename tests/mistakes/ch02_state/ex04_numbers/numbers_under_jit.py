"""`count` works by itself, and under jax.jit it raises an error. There `seen`
and `n` are tracers, which have no value for `int`, `if` or NumPy. Use `//`, `%`
and `jnp.where` on the arrays.
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
    total = int(seen[0]) * 1_000_000 + int(seen[1]) + int(n)
    return jnp.array(divmod(total, 1_000_000))


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
