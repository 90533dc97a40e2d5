"""What runs beside the learner's code for 4.2 kinks."""

from typing import Any

import jax


def scaled(x: jax.Array, function: Any, factor: float) -> jax.Array:
    """A multiple of what a function returns, as a loss is of a penalty."""
    return factor * function(x)


def compiled_for(x: jax.Array, masked_log: Any, mask: jax.Array) -> jax.Array:
    """What `masked_log` returns under jax.jit with this mask alone: a constant
    of the program.
    """
    return jax.jit(lambda x: masked_log(x, mask))(x)


def summed(x: jax.Array, masked_log: Any, mask: jax.Array, weights: jax.Array) -> jax.Array:
    """The weighted sum of what `masked_log` returns: one number to
    differentiate.
    """
    return (weights * masked_log(x, mask)).sum()
