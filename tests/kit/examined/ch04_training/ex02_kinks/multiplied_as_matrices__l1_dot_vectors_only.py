"""`l1` is the dot product of w and its signs, right for a vector; for a matrix
jnp.dot multiplies matrices, which gives a matrix or a shape error instead of
one number.
"""

import jax
import jax.numpy as jnp


def safe_norm(x: jax.Array) -> jax.Array:
    @jax.custom_jvp
    def norm(v):
        return jnp.sqrt(jnp.sum(v * v))

    @norm.defjvp
    def norm_jvp(primals, tangents):
        (v,), (t,) = primals, tangents
        n = norm(v)
        return n, jnp.where(n > 0, jnp.sum(v * t) / jnp.where(n > 0, n, 1.0), 0.0)

    return norm(x)


def l1(w: jax.Array) -> jax.Array:
    return jnp.dot(w, jnp.sign(w))


def masked_log(x: jax.Array, mask: jax.Array) -> jax.Array:
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
