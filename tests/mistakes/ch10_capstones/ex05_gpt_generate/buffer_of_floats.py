"""`logits_fn` receives tokens that are floats, and nothing can be looked up
with these. Usually the buffer comes from `jnp.zeros(shape)`, which is float32
by default. Tokens are indices: `jnp.zeros(shape, jnp.int32)`, or
`jnp.pad(prompt, ...)`, which keeps the prompt's dtype.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.zeros((len(prompt), start + steps)).at[:, :start].set(prompt)

    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps, write, tokens)
