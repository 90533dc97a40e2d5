"""Where the new tokens are written, or which step's logits are read, depends on
the zeros in the text. Usually the end of the text is looked for by `tokens !=
0`. 0 is a token like any other,
and can be in the prompt or be predicted. The end is known without a look:
`prompt.shape[1]`, and one more in each turn.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    rows = jnp.arange(prompt.shape[0])

    def write(_, tokens):
        end = (tokens != 0).sum(axis=1)
        logits = logits_fn(params, tokens)[rows, end - 1]
        return tokens.at[rows, end].set(logits.argmax(axis=-1))

    return jax.lax.fori_loop(0, steps, write, jnp.pad(prompt, ((0, 0), (0, steps))))
