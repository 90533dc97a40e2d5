"""Stops once every row has produced token 0, as if it were end-of-text; wrong
when all rows generate a 0 and other tokens would follow.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    batch, n = prompt.shape
    buffer = jnp.zeros((batch, n + steps), prompt.dtype).at[:, :n].set(prompt)

    def cond(state):
        t, _, done = state
        return (t < n + steps) & ~done.all()

    def body(state):
        t, tokens, done = state
        best = logits_fn(params, tokens)[:, t - 1].argmax(-1).astype(tokens.dtype)
        return t + 1, tokens.at[:, t].set(best), done | (best == 0)

    return jax.lax.while_loop(cond, body, (n, buffer, jnp.zeros(batch, bool)))[1]
