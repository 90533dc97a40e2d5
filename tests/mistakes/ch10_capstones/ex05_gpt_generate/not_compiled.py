"""The loop is in Python and nothing is compiled: the model's operations are
started one by one for each token. Compile what is repeated, the loop or its
body, with `jax.jit`.
"""

import jax.numpy as jnp


def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(logits.argmax(axis=-1))

    for t in range(start, start + steps):
        tokens = write(t, tokens)
    return tokens
