import jax.numpy as jnp


def take(buffer):
    taken = jnp.array(buffer)
    if taken.dtype == jnp.int64:
        raise OverflowError("does not fit")
    return taken


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
