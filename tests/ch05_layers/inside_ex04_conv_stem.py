"""What runs beside the learner's code for 5.4 conv_stem."""

from typing import Any

import jax


def pool(max_pool: Any, x: jax.Array, *args: int) -> jax.Array:
    """max_pool(x, *args) under jax.jit."""
    return jax.jit(lambda x: max_pool(x, *args))(x)


def run(stem: Any, variables: Any, x: jax.Array) -> jax.Array:
    """stem(variables, x) under jax.jit."""
    return jax.jit(stem)(variables, x)
