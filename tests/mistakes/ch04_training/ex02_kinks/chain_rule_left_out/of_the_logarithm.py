import jax
import jax.numpy as jnp


@jax.custom_vjp
def logarithm(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)


def forward(x, mask):
    return logarithm(x, mask), (x, mask)


def backward(kept, g):
    x, mask = kept
    return jnp.where(mask, 1 / jnp.where(mask, x, 1.0), 0.0), None


logarithm.defvjp(forward, backward)


def safe_norm(x):
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return logarithm(x, mask)
