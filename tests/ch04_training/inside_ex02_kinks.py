"""What runs beside the learner's code for 4.2 kinks."""

from typing import Any

import jax


def scaled(x: jax.Array, function: Any, factor: float) -> jax.Array:
    """A multiple of what a function returns, as a loss is of a penalty."""
    return factor * function(x)


def summed(x: jax.Array, masked_log: Any, mask: jax.Array, weights: jax.Array) -> jax.Array:
    """The weighted sum of what `masked_log` returns: one number to
    differentiate.
    """
    return (weights * masked_log(x, mask)).sum()
