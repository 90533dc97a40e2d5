import jax
import jax.numpy as jnp


def take(buffer):
    jax.config.update("jax_enable_x64", True)
    taken = jnp.array(buffer)
    if taken.dtype == jnp.int64:
        if (taken != taken.astype(jnp.int32)).any():
            raise OverflowError("does not fit")
        taken = taken.astype(jnp.int32)
    taken = taken.astype(jnp.float32) if taken.dtype == jnp.float64 else taken
    jax.config.update("jax_enable_x64", False)
    return taken


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
