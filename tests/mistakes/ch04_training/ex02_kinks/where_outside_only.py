"""The value is right and the gradient of masked_log is nan: the logarithm still
sees the 0 behind the mask, and its infinite slope times 0 is nan. Put 1.0 in
place of what is masked before you take the logarithm.
"""

import jax.numpy as jnp


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(x), 0.0)
