import jax.numpy as jnp

FREE = {"TINY": [1e-37, 1e-25]}
TINY = 1e-30


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.maximum(x, TINY)), 0.0)
