"""The last place of the text still holds the zero of an empty buffer. Usually
the loop ends one place early: `fori_loop` leaves out its end, as `range` does.
The end is `prompt.shape[1] + steps`.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps - 1, write, tokens)
