import jax.numpy as jnp


def safe_norm(x):
    if not jnp.any(x):
        return jnp.sum(x)
    return jnp.linalg.norm(x)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
