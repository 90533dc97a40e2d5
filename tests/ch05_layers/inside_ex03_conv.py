"""What runs beside the learner's code for 5.3 conv."""

from typing import Any

import jax
import jax.numpy as jnp


def run(layer: Any, variables: Any, x: jax.Array) -> jax.Array:
    """What the layer computes, under jax.jit."""
    return jax.jit(layer.apply)(variables, x)


def asked_for(layer: Any, x: jax.Array) -> Any:
    """Zeros with the shapes and dtypes of the variables that `init` makes."""
    shapes = jax.eval_shape(layer.init, jax.random.key(0), x)
    return jax.tree.map(lambda spec: jnp.zeros(spec.shape, spec.dtype), shapes)
