import jax
import jax.numpy as jnp


def take(buffer):
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        taken = jnp.array(buffer)
        if taken.dtype == jnp.int64 and (taken.astype(jnp.int32) != taken).any():
            raise OverflowError("does not fit")
    finally:
        jax.config.update("jax_enable_x64", before)
    return taken.astype({"int64": "int32", "float64": "float32"}.get(buffer.dtype.name, buffer.dtype))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return jax.jit(lambda x, factor: (x * factor).astype(x.dtype))(x, factor)
