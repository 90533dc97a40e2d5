"""Each call of `generate` compiles anew, even with the same shapes. Usually the
function that is compiled is defined inside `generate`, so it is a different one
in each call; or `fori_loop` runs there without a `jax.jit` above it. Compile a
function at the top level of the file, with `logits_fn` and `steps` as
static_argnames.
"""

import jax
import jax.numpy as jnp


def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    @jax.jit
    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    for t in range(start, start + steps):
        tokens = write(t, tokens)
    return tokens
