"""After your functions, JAX computes in 64 bits by default, in everybody's
code. Usually `jax.config.update("jax_enable_x64", True)` stands at the head of
the file or in a function; where a later line sets it back, an error before that
line leaves it on. The setting is for the first line of a program. Compute in
NumPy what needs 64 bits, or in a block: `with jax.enable_x64(True):` ends even
by an error.
"""

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)


def take(buffer):
    if buffer.dtype == np.int64 and (buffer.astype(np.int32) != buffer).any():
        raise OverflowError("does not fit")
    narrow = {"int64": np.int32, "float64": np.float32}
    return jnp.array(buffer, dtype=narrow.get(buffer.dtype.name, buffer.dtype))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
