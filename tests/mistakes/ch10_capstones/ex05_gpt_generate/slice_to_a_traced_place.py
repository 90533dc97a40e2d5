"""The text is cut at a place that is a tracer, and JAX raises an error: the
length of a slice is a shape, and shapes must be known when the loop is
compiled. Give `logits_fn` the whole buffer, and take its logits at step t - 1:
an index may be traced.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(t, tokens):
        logits = logits_fn(params, tokens[:, :t])[:, -1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps, write, tokens)
