"""The logarithm is taken where mask is False, and 0 is where it is True.
`jnp.where(mask, a, b)` chooses a where mask is True.
"""

import jax.numpy as jnp


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, 0.0, jnp.log(jnp.where(mask, 1.0, x)))
