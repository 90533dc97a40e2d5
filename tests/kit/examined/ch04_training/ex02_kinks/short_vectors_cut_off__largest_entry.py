"""Vectors without an entry above 3e-10 are taken for zero."""

import jax
import jax.numpy as jnp


def safe_norm(x: jax.Array) -> jax.Array:
    square = jnp.sum(x**2)
    nonzero = jnp.max(jnp.abs(x)) > 3e-10
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)


def l1(w: jax.Array) -> jax.Array:
    # In JAX the derivative of sign is 0 everywhere. So the derivative of this
    # product is sign(w): -1, 0 or 1.
    return jnp.sum(w * jnp.sign(w))


def masked_log(x: jax.Array, mask: jax.Array) -> jax.Array:
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
