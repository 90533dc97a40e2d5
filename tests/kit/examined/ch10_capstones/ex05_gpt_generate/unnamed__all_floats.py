from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    """Return what `torch_generate` returns: int32 (batch, n + steps). Of tokens
    that are equally likely, `argmax` takes the first.

    logits_fn(params, tokens) returns float32 (batch, time, vocab) for tokens
    (batch, time). params: any tree; it stays as it is. prompt: int32 (batch,
    n); n and steps are at least 1, and n + steps is at most the context.
    """
    batch, n = prompt.shape
    params = jax.tree.map(lambda p: jnp.asarray(p, jnp.float32), params)
    tokens = jnp.zeros((batch, n + steps), jnp.int32).at[:, :n].set(prompt)

    def body(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(-1).astype(jnp.int32))

    return jax.lax.fori_loop(n, n + steps, body, tokens)
