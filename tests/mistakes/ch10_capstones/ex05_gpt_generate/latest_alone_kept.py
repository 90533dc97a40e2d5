"""`generate` compiles a model and size again once a different one was in
between. Usually what was compiled is kept in one place only, such as an
`lru_cache` with maxsize=1. A `jax.jit` at the top level of the file keeps them
all.
"""

from functools import lru_cache, partial

import jax
import jax.numpy as jnp


@lru_cache(maxsize=1)
def compiled(logits_fn, steps):
    return jax.jit(partial(run, logits_fn, steps))


def generate(logits_fn, params, prompt, steps):
    return compiled(logits_fn, steps)(params, prompt)


def run(logits_fn, steps, params, prompt):
    batch, n = prompt.shape
    tokens = jnp.concatenate([prompt, jnp.zeros((batch, steps), jnp.int32)], axis=1)

    def body(t, tokens):
        best = logits_fn(params, tokens)[:, t - 1].argmax(-1)
        return tokens.at[:, t].set(best)

    return jax.lax.fori_loop(n, n + steps, body, tokens)
