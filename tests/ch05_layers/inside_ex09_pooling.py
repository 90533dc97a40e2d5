"""What runs beside the learner's code for 5.9 pooling."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


def jitted(pool: Any, x: jax.Array, setting: tuple) -> jax.Array:
    """What the pool computes, under jax.jit."""
    return jax.jit(pool, static_argnums=tuple(range(1, 1 + len(setting))))(x, *setting)


def gradient(pool: Any, x: jax.Array, weights: jax.Array, setting: tuple) -> jax.Array:
    """The gradient of a weighted sum of what the pool computes, under
    jax.jit.
    """

    @partial(jax.jit, static_argnums=2)
    def of(x: jax.Array, weights: jax.Array, setting: tuple) -> jax.Array:
        return jax.grad(lambda x: jnp.sum(pool(x, *setting) * weights))(x)

    return of(x, weights, setting)
