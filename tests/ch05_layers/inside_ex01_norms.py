"""What runs beside the learner's code for 5.1 norms."""

from typing import Any

import jax


def gradients(norm: Any, arguments: list[jax.Array], cotangent: jax.Array, *rest: int) -> list[jax.Array]:
    """The gradients of sum(norm(*arguments, *rest) * cotangent) with respect to
    each of `arguments`, under jax.jit.
    """

    def loss(arguments: list[jax.Array], cotangent: jax.Array) -> jax.Array:
        return (norm(*arguments, *rest) * cotangent).sum()

    return jax.jit(jax.grad(loss))(arguments, cotangent)
