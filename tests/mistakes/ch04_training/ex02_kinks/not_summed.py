"""`l1` returns an array of the shape of w, one number per weight. An l1 penalty
is one number, and only of one number can the gradient be taken: sum with
`jnp.sum`.
"""

import jax.numpy as jnp


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return w * jnp.sign(w)


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
