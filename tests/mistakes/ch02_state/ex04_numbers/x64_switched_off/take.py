import jax
import jax.numpy as jnp
import numpy as np


def take(buffer):
    jax.config.update("jax_enable_x64", True)
    try:
        taken = jnp.asarray(np.array(buffer))
        if taken.dtype == jnp.int64 and (taken.astype(jnp.int32) != taken).any():
            raise OverflowError("a number of the buffer does not fit into 32 bits")
    finally:
        jax.config.update("jax_enable_x64", False)
    return taken.astype({"int64": "int32", "float64": "float32"}.get(buffer.dtype.name, buffer.dtype))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
