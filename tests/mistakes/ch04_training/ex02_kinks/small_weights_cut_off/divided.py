import jax.numpy as jnp

FREE = {"EPS": [1e-12, 1e-10]}
EPS = 1e-11


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return jnp.sum(w**2 / (jnp.abs(w) + EPS))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
