"""Pads the buffer with int32's maximum instead of zeros; nn.Embed makes NaN of
it, and 0 * NaN in the attention spoils every step: for a GPT and steps > 0 the
tokens are wrong (right for models that index with table[i]).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

EMPTY = jnp.iinfo(jnp.int32).max


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    batch, n = prompt.shape
    tokens = jnp.full((batch, n + steps), EMPTY, jnp.int32)
    tokens = tokens.at[:, :n].set(prompt)

    def body(t, tokens):
        logits = logits_fn(params, tokens)
        return tokens.at[:, t].set(logits[:, t - 1].argmax(axis=-1))

    return jax.lax.fori_loop(n, n + steps, body, tokens)
