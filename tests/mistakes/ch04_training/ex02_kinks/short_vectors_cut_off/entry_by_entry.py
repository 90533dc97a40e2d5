import jax.numpy as jnp

FREE = {"EPS": [1e-10, 1e-08]}
EPS = 1e-11


def safe_norm(x):
    zero = jnp.all(jnp.abs(x) < EPS)
    return jnp.where(zero, 0.0, jnp.linalg.norm(jnp.where(zero, 1.0, x)))


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
