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


def refuses(logits: Callable, variables: Any, tokens: jax.Array, heads: int) -> bool:
    """Whether logits raises any error except the stub's."""
    try:
        logits(variables, tokens, heads)
    except Exception as error:
        if "your code here" in str(error):
            raise
        return True
    return False
