"""A text that fills the context raises an error in the model. Usually the
buffer is longer than the text, because its size is rounded up, or one place is
added. The model then has no positions for the end. The text has `n + steps`
places: pad the prompt with `steps` zeros.
"""

from functools import partial

import jax
import jax.numpy as jnp

FREE = {"MORE": [2, 3]}
MORE = 1


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps + MORE)))

    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps, write, tokens)[:, : start + steps]
