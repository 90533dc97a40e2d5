"""The new places still hold zeros. Usually the result of `tokens.at[:,
t].set(...)` is dropped: it is a new array, and the loop's body must return that
one. JAX never writes to an array.
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
        tokens.at[:, t].set(logits.argmax(axis=-1))
        return tokens

    return jax.lax.fori_loop(start, start + steps, write, tokens)
