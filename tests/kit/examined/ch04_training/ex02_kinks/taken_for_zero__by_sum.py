"""safe_norm takes x for the zero vector where sum(x) is 0, such as [1, -1]."""

import jax
import jax.numpy as jnp


def safe_norm(x: jax.Array) -> jax.Array:
    nonzero = jnp.sum(x) != 0
    safe = jnp.where(nonzero, x, jnp.ones_like(x))
    return jnp.where(nonzero, jnp.linalg.norm(safe), 0.0)


def l1(w: jax.Array) -> jax.Array:
    return jnp.sum(jnp.where(w == 0, 0.0, jnp.abs(w)))


def masked_log(x: jax.Array, mask: jax.Array) -> jax.Array:
    x = jax.lax.select(mask, x, jnp.ones_like(x))
    return jax.lax.select(mask, jnp.log(x), jnp.zeros_like(x))
