"""All new tokens come from the logits of one call of the model, in which their
places still hold zeros. Usually `logits_fn` is called once, before the loop.
Each new token must be in the text before the next can be predicted: call
`logits_fn` inside the loop.
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
