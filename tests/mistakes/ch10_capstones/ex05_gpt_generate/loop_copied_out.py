"""The first call runs the Python code of `logits_fn` once per token, so the
whole model is compiled once per token. Usually a Python loop stands under
`jax.jit`, which unrolls it. `jax.lax.fori_loop` compiles its body once.
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
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    for t in range(start, start + steps):
        tokens = write(t, tokens)
    return tokens
