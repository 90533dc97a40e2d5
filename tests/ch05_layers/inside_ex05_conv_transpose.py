"""What runs beside the learner's code for 5.5 conv_transpose."""

from typing import Any

import jax


def gradients(f: Any, x: jax.Array, weight: jax.Array, bias: jax.Array, cotangent: jax.Array) -> list[jax.Array]:
    """The gradients of sum(f(x, weight, bias, ...) * cotangent) with respect to
    weight and bias, with stride 2, padding 1 and output_padding 1, under
    jax.jit.
    """

    def total(weight: jax.Array, bias: jax.Array, x: jax.Array, cotangent: jax.Array) -> jax.Array:
        return (f(x, weight, bias, stride=2, padding=1, output_padding=1) * cotangent).sum()

    return list(jax.jit(jax.grad(total, argnums=(0, 1)))(weight, bias, x, cotangent))
