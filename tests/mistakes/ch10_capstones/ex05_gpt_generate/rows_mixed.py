"""The new tokens are the right ones, but some are in a different row or place:
prompts are followed by one another's tokens. Usually the tokens that
`jax.lax.scan` stacked, (steps, batch), are reshaped to (batch, steps).
`reshape` keeps the order in memory; `.T` exchanges the axes.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(tokens, t):
        new = logits_fn(params, tokens)[:, t - 1].argmax(axis=-1)
        return tokens.at[:, t].set(new), new

    _, new = jax.lax.scan(write, tokens, jnp.arange(start, start + steps))
    return jnp.concatenate([prompt, new.reshape(-1, steps)], axis=1)
