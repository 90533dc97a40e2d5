"""For a second `logits_fn` with the name of the first, `generate` writes the
first model's tokens. Usually compiled functions are kept in a dict under a
name, and different functions may have equal names. Use the function itself as
the key, as jax.jit does with static_argnames.
"""

from functools import partial

import jax
import jax.numpy as jnp

compiled = {}


def generate(logits_fn, params, prompt, steps):
    key = (getattr(logits_fn, "__name__", type(logits_fn).__name__), steps)
    if key not in compiled:
        compiled[key] = jax.jit(partial(run, logits_fn, steps))
    return compiled[key](params, prompt)


def run(logits_fn, steps, params, prompt):
    batch, n = prompt.shape
    tokens = jnp.concatenate([prompt, jnp.zeros((batch, steps), jnp.int32)], axis=1)

    def body(t, tokens):
        best = logits_fn(params, tokens)[:, t - 1].argmax(-1)
        return tokens.at[:, t].set(best)

    return jax.lax.fori_loop(n, n + steps, body, tokens)
