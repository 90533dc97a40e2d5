"""Keeps the buffer as uint8 (a text of bytes) and casts to int32 at the end;
tokens of 256 and more, in the prompt or generated, wrap around.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    batch, n = prompt.shape
    text = jnp.zeros((batch, n + steps), jnp.uint8).at[:, :n].set(prompt.astype(jnp.uint8))

    def body(t, text):
        logits = logits_fn(params, text.astype(jnp.int32))
        return text.at[:, t].set(logits[:, t - 1].argmax(-1).astype(jnp.uint8))

    return jax.lax.fori_loop(n, n + steps, body, text).astype(jnp.int32)
