"""Where several tokens are equally likely, the last of them is taken. Usually
it is the end of a sorted list: `argsort(...)[:, -1]`. `argmax` returns the
first, in both libraries.
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
        return tokens.at[:, t].set(jnp.argsort(logits, axis=-1)[:, -1])

    return jax.lax.fori_loop(start, start + steps, write, tokens)
