"""Behind the mask the result is NaN where the logarithm is infinite or NaN: 0
times either is NaN, in PyTorch too. Usually the logarithm is multiplied by the
mask. Choose with `jnp.where`, inside the logarithm and outside.
"""

import jax.numpy as jnp


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.log(x) * mask.astype(jnp.float32)
