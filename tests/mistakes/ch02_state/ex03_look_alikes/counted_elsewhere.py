"""The result is right only where x has as many elements along `axis` as
somewhere else: n is counted in the wrong place. Usually it is `len(x)`,
`x.shape[-1]` or `x.size`. Along `axis` there are `x.shape[axis]`; `ddof=1`
counts them itself.
"""

import jax.numpy as jnp

FREE = {"COUNTED": [-1]}
COUNTED = 0


def split(x, size):
    return jnp.split(x, list(range(size, x.shape[0], size)))


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    n = jnp.array(x.shape[COUNTED], jnp.float32)
    return x.std(axis, keepdims=True) * jnp.sqrt(n / (n - 1))
