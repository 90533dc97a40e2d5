"""A norm below a small number is replaced by that number, or by its root: so
the zero vector has a norm that is not 0, and short vectors have the gradient 0.
Usually that is `jnp.maximum(square, eps)` under the root, or `optax.safe_norm`
with a large `min_norm`. Choose with `jnp.where`, and only where the sum of
squares is 0.
"""

import jax.numpy as jnp

FREE = {"EPS": [1e-19, 1e-16, 1e-10, 1e-08, 1e-06]}
EPS = 1e-12


def safe_norm(x):
    return jnp.sqrt(jnp.maximum(jnp.sum(x**2), EPS))


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
