"""The gradient of `l1` is infinite where a weight is as small as 1e-37. Usually
|w| is sqrt(w**2), with `jnp.where` around 0 alone: in float32, the square of
such a number is 0, and the slope of the root is infinite there. Use `w *
jnp.sign(w)`, which needs no square.
"""

import jax.numpy as jnp


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    zero = w == 0
    return jnp.sum(jnp.where(zero, 0.0, jnp.sqrt(jnp.where(zero, 1.0, w) ** 2)))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
