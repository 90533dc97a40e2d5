import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def take(buffer):
    taken = jnp.array(buffer)
    if taken.dtype == jnp.int64:
        if (taken != taken.astype(jnp.int32)).any():
            raise OverflowError("does not fit")
        return taken.astype(jnp.int32)
    return taken.astype(jnp.float32) if taken.dtype == jnp.float64 else taken


def since(times, start):
    return (jnp.asarray(times) - start).astype(jnp.float32)


def count(seen, n):
    total = seen[0].astype(jnp.int64) * 1_000_000 + seen[1] + n
    return jnp.stack([total // 1_000_000, total % 1_000_000]).astype(jnp.int32)


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
