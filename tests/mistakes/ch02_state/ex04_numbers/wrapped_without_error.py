"""`take` returns an array where it should raise an error. A number that int32
does not hold comes back as a different one: 2**32 + 7 as 7. Usually an int64
array goes to JAX, or through `astype(np.int32)`, and neither asks whether the
numbers fit. Compare the numbers after the conversion with those before it.
"""

import jax.numpy as jnp
import numpy as np


def take(buffer):
    return jnp.asarray(np.array(buffer))


def since(times, start):
    return jnp.asarray(times - start, dtype=jnp.float32)


def count(seen, n):
    rest = seen[1] + n % 1_000_000
    return jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000])


def scale(x, factor):
    return x * jnp.asarray(factor).astype(x.dtype)
