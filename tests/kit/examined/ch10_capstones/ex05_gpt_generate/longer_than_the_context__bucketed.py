"""The buffer has a power of two places, so that few sizes are compiled."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    n = prompt.shape[1]
    total = n + steps
    size = 1 << (total - 1).bit_length()  # few sizes, few compilations
    tokens = jnp.pad(prompt, ((0, 0), (0, size - n)))

    def body(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(jnp.argmax(logits, axis=-1))

    return jax.lax.fori_loop(n, total, body, tokens)[:, :total]
