"""What runs beside the learner's code for 10.1 gpt_block."""

from typing import Any

import jax


def gradients(block: Any, params: Any, x: jax.Array, cotangent: jax.Array, heads: int) -> Any:
    """The gradients of sum(block(params, x, heads) * cotangent) with respect to
    params and x, under jax.jit.
    """

    def loss(params: Any, x: jax.Array, cotangent: jax.Array) -> jax.Array:
        return (block(params, x, heads) * cotangent).sum()

    return jax.jit(jax.grad(loss, argnums=(0, 1)))(params, x, cotangent)
