"""The gradient of a multiple of l1 is that of l1 alone."""

import jax
import jax.numpy as jnp


def safe_norm(x: jax.Array) -> jax.Array:
    sq = jnp.sum(x * x)
    nonzero = sq > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, sq, 1.0)), 0.0)


@jax.custom_vjp
def _l1(w):
    return jnp.sum(jnp.abs(w))


def _l1_fwd(w):
    return _l1(w), w


def _l1_bwd(w, g):
    return (jnp.sign(w),)


_l1.defvjp(_l1_fwd, _l1_bwd)


def l1(w: jax.Array) -> jax.Array:
    return _l1(w)


def masked_log(x: jax.Array, mask: jax.Array) -> jax.Array:
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
