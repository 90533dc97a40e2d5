import jax
import jax.numpy as jnp


def take(buffer):
    narrow = {"int64": "int32", "float64": "float32"}
    taken = jnp.array(buffer.tolist(), dtype=narrow.get(buffer.dtype.name, buffer.dtype.name))
    return taken.reshape(buffer.shape)  # a list of no rows does not tell how long they are


def since(times, start):
    days, start_day = times // 86400, start // 86400
    seconds = (times - days * 86400) - (start - start_day * 86400)
    return jnp.asarray(seconds, jnp.float32) + 86400 * jnp.asarray(days - start_day, jnp.float32)


def count(seen, n):
    start = seen[0], seen[1].astype(jnp.uint32) + n.astype(jnp.uint32)
    millions, rest = jax.lax.while_loop(lambda s: s[1] >= 1_000_000, lambda s: (s[0] + 1, s[1] - 1_000_000), start)
    return jnp.stack([millions, rest.astype(jnp.int32)])


def scale(x, factor):
    return (x.astype(jnp.float32) * factor).astype(x.dtype)
