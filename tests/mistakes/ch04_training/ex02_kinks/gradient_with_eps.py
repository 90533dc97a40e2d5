"""The norm is right and the gradient of short vectors is too small: x / (norm +
eps) and not x / norm. Usually that is a derivative written by hand, which keeps
away from 0 with a small number. Divide by 1.0 where the norm is 0, with
`jnp.where`, and by the norm elsewhere.
"""

import jax
import jax.numpy as jnp

FREE = {"EPS": [1e-12, 1e-10, 1e-06]}
EPS = 1e-08


@jax.custom_vjp
def norm(x):
    return jnp.sqrt(jnp.sum(x**2))


norm.defvjp(lambda x: (norm(x), x), lambda x, g: (g * x / (norm(x) + EPS),))


def safe_norm(x):
    return norm(x)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
