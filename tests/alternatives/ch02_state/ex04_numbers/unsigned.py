import jax
import jax.numpy as jnp
import numpy as np


def take(buffer):
    if buffer.dtype == np.int64 and not np.array_equal(buffer, buffer.astype("int32")):
        raise OverflowError("does not fit")
    return jax.device_put(buffer.copy())


def since(times, start):
    return jax.device_put(times - start).astype("float32")


def count(seen, n):
    rest = seen[1].astype(jnp.uint32) + n.astype(jnp.uint32)
    carried = (rest // 1_000_000).astype(jnp.int32)
    return seen.at[0].add(carried).at[1].set((rest % 1_000_000).astype(jnp.int32))


def scale(x, factor):
    return jnp.asarray(x * factor, x.dtype)
