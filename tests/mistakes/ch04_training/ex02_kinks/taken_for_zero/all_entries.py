import jax.numpy as jnp


def safe_norm(x):
    nonzero = jnp.all(x != 0)
    return jnp.where(nonzero, jnp.linalg.norm(jnp.where(nonzero, x, 1.0)), 0.0)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
