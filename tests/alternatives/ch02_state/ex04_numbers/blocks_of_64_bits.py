import jax
import jax.numpy as jnp


def take(buffer):
    with jax.enable_x64(True):
        taken = jnp.array(buffer)
        if taken.dtype == jnp.int64:
            narrow = taken.astype(jnp.int32)
            if (narrow != taken).any():
                raise ValueError("a number does not fit into int32")
            return narrow
        return taken.astype(jnp.float32) if taken.dtype == jnp.float64 else taken


def since(times, start):
    with jax.enable_x64(True):
        return (jnp.asarray(times) - start).astype(jnp.float32)


def count(seen, n):
    with jax.enable_x64(True):
        total = seen[0].astype(jnp.int64) * 1_000_000 + seen[1] + n
        return jnp.stack(jnp.divmod(total, 1_000_000)).astype(jnp.int32)


def scale(x, factor):
    return (x * factor).astype(x.dtype)
