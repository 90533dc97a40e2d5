import jax.numpy as jnp
import optax

FREE = {"EPS": [1e-08, 1e-05, 0.001]}
EPS = 1e-06


def safe_norm(x):
    return optax.safe_norm(x, EPS)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
