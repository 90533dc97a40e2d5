"""safe_norm replaces every zero entry by 1, not just the zero vector, so a
vector such as (3, 0, 4) gets a norm and a gradient that are off.
"""

import jax
import jax.numpy as jnp


def safe_norm(x: jax.Array) -> jax.Array:
    safe = jnp.where(x != 0, x, 1.0)
    return jnp.where(jnp.any(x != 0), jnp.sqrt(jnp.sum(safe * safe)), 0.0)


def l1(w: jax.Array) -> jax.Array:
    return jnp.vdot(jax.lax.stop_gradient(jnp.sign(w)), w)


def masked_log(x: jax.Array, mask: jax.Array) -> jax.Array:
    safe = jnp.where(mask, x, 1.0)
    return jnp.where(mask, jnp.log(safe), 0.0)
