"""Tokens are kept in a dtype that is too small for a large table, and become
different tokens. Usually the buffer has 8 or 16 bits per token, as files of
tokens do. The prompt is int32; keep its dtype: `jnp.pad(prompt, ...)`, or
`jnp.zeros(shape, prompt.dtype)`.
"""

from functools import partial

import jax
import jax.numpy as jnp

FREE = {"DTYPE": ["int8", "int16", "uint16"]}
DTYPE = "uint8"


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps))).astype(DTYPE)

    def write(t, tokens):
        logits = logits_fn(params, tokens.astype(jnp.int32))[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(axis=-1).astype(DTYPE))

    return jax.lax.fori_loop(start, start + steps, write, tokens).astype(jnp.int32)
