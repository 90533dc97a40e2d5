from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

_compiled = {}


def _run(logits_fn, steps, params, prompt):
    batch, n = prompt.shape
    tokens = jnp.zeros((batch, n + steps), jnp.int32).at[:, :n].set(prompt)

    def body(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(-1).astype(jnp.int32))

    return jax.lax.fori_loop(n, n + steps, body, tokens)


def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    """Return what `torch_generate` returns: int32 (batch, n + steps). Of tokens
    that are equally likely, `argmax` takes the first.

    logits_fn(params, tokens) returns float32 (batch, time, vocab) for tokens
    (batch, time). params: any tree; it stays as it is. prompt: int32 (batch,
    n); n and steps are at least 1, and n + steps is at most the context.
    """
    key = (logits_fn, prompt.shape, steps)
    if key not in _compiled:
        _compiled[key] = jax.jit(partial(_run, logits_fn, steps)).lower(params, prompt).compile()
    return _compiled[key](params, prompt)
