"""The empty places hold a number that is not a token. `nn.Embed` returns NaN
for it, and so does `jnp.take`. The later places count 0 in the sums of the
model, but 0 * NaN is NaN: it reaches every step. Usually the number is one that
cannot be mistaken for a token, such as -100. Pad with a token, such as 0.
"""

from functools import partial

import jax
import jax.numpy as jnp

FREE = {"EMPTY": [50, 50256, 50257, 2147483647]}
EMPTY = -100


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)), constant_values=EMPTY)

    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(start, start + steps, write, tokens)
