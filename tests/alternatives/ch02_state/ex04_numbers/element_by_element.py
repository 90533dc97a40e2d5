import jax
import jax.numpy as jnp
import numpy as np


def take(buffer):
    taken = jnp.array(buffer)
    if buffer.dtype.kind == "i" and np.asarray(taken).tolist() != buffer.tolist():
        raise OverflowError("does not fit")
    return taken


def since(times, start):
    differences = [float(time) - start for time in times.ravel()]
    return jnp.array(differences, dtype=jnp.float32).reshape(times.shape)


def count(seen, n):
    def halves(number):
        return jax.lax.div(number, jnp.int32(1_000_000)), jax.lax.rem(number, jnp.int32(1_000_000))

    (millions, rest), (more, left) = (seen[0], seen[1]), halves(n)
    carried, rest = halves(rest + left)
    return jnp.stack([millions + more + carried, rest])


def scale(x, factor):
    return jax.lax.mul(x, jax.lax.broadcast(jax.lax.convert_element_type(factor, x.dtype), x.shape))
