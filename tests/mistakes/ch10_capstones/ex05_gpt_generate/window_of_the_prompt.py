"""The model sees only as many tokens as the prompt has, the last ones, and
counts their positions from 0. Usually a window of a fixed size is moved along
the text. `torch_generate` gives the model all tokens so far: give it the whole
buffer, and take the logits of step t - 1.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(t, tokens):
        window = jax.lax.dynamic_slice_in_dim(tokens, t - start, start, axis=1)
        logits = logits_fn(params, window)[:, -1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps, write, tokens)
