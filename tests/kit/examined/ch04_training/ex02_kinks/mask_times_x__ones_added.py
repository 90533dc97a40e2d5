"""x is multiplied by the mask, and nan and inf behind it stay."""

import jax
import jax.numpy as jnp


def safe_norm(x: jax.Array) -> jax.Array:
    sq = jnp.sum(x * x)
    nonzero = sq > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, sq, 1.0)), 0.0)


def l1(w: jax.Array) -> jax.Array:
    return jnp.sum(w * jnp.sign(w))


def masked_log(x: jax.Array, mask: jax.Array) -> jax.Array:
    m = jnp.where(mask, 1.0, 0.0)
    safe = x * m + (1.0 - m)  # x where mask is True, 1 elsewhere
    return jnp.log(safe)
