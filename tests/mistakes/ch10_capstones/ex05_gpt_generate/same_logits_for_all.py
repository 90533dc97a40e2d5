"""The model was called once, before the loop, and all tokens were read from
those logits. Each new token has to be in the text before the next can be
guessed: call `logits_fn` inside the loop.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    logits = logits_fn(params, tokens)

    def write(t, tokens):
        return tokens.at[:, t].set(logits[:, t - 1].argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps, write, tokens)
