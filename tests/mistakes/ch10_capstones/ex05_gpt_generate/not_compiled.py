"""The Python code of `logits_fn` runs for each token, in each call: nothing is
compiled, and JAX starts the model's operations one by one. Usually the loop is
a Python loop, and no `jax.jit` is above it. Compile what is repeated: the loop,
or the model in it.
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
