"""After a 0 no further tokens are written. Usually 0 is taken for the end of
the text. `torch_generate` knows no such token: it writes `steps` tokens in each
row, and 0 is one like any other.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def unfinished(carry):
        t, tokens, ended = carry
        return (t < start + steps) & ~ended.all()

    def write(carry):
        t, tokens, ended = carry
        token = logits_fn(params, tokens)[:, t - 1].argmax(axis=-1)
        return t + 1, tokens.at[:, t].set(token), ended | (token == 0)

    return jax.lax.while_loop(unfinished, write, (start, tokens, jnp.zeros(len(prompt), bool)))[1]
