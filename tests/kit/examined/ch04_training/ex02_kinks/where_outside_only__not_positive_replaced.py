"""The inner where of masked_log replaces only x <= 0, so a NaN behind the mask
stays, and the gradient there is NaN.
"""

import jax
import jax.numpy as jnp


def safe_norm(x: jax.Array) -> jax.Array:
    total = jnp.vdot(x, x)
    positive = total > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, total, 1.0)), 0.0)


def l1(w: jax.Array) -> jax.Array:
    return jnp.vdot(w, jnp.sign(w))


def masked_log(x: jax.Array, mask: jax.Array) -> jax.Array:
    bad = x <= 0
    logs = jnp.log(jnp.where(bad, 1.0, x))
    return jnp.where(mask, logs, 0.0)
