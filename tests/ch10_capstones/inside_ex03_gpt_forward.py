"""What runs beside the learner's code for 10.3 gpt_forward."""

from collections.abc import Callable
from typing import Any

import jax


def gradients(logits: Callable, variables: Any, tokens: jax.Array, cotangent: jax.Array, heads: int) -> Any:
    """The gradients of mean(logits(variables, tokens, heads) * cotangent) in variables, under jax.jit."""

    def loss(variables: Any) -> jax.Array:
        return (logits(variables, tokens, heads) * cotangent).mean()

    return jax.jit(jax.grad(loss))(variables)


def refuses(logits: Callable, variables: Any, tokens: jax.Array, heads: int) -> bool:
    """Whether logits raises an error; TypeError is what JAX raises where two shapes do not fit."""
    try:
        logits(variables, tokens, heads)
    except (ValueError, TypeError, IndexError, AssertionError):
        return True
    return False
