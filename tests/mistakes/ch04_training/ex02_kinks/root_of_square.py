"""Where a weight is 0 the gradient of `l1` is NaN. Usually |w| is written as
sqrt(w**2), whose gradient at 0 is an infinite slope times 0; w / |w| is 0 / 0
there. Use `w * jnp.sign(w)`, or choose with `jnp.where`.
"""

import jax.numpy as jnp


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return jnp.sum(jnp.sqrt(w**2))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
