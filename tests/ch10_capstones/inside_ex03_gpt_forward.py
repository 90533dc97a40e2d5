"""What runs beside the learner's code for 10.3 gpt_forward."""

from collections.abc import Callable
from typing import Any

import jax


def gradients(logits: Callable, variables: Any, tokens: jax.Array, cotangent: jax.Array, heads: int) -> Any:
    """The gradients of mean(logits(variables, tokens, heads) * cotangent) with
    respect to variables, under jax.jit.
    """

    def loss(variables: Any, tokens: jax.Array, cotangent: jax.Array) -> jax.Array:
        return (logits(variables, tokens, heads) * cotangent).mean()

    return jax.jit(jax.grad(loss))(variables, tokens, cotangent)
