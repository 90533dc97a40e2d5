"""The model is compiled for every length of the text. Usually the text grows by
one token in each turn, as in PyTorch. Write into a buffer that has the final
length from the start, so that all steps have the same shapes.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    tokens = prompt
    for _ in range(steps):
        logits = logits_fn(params, tokens)[:, -1]
        tokens = jnp.concatenate([tokens, logits.argmax(axis=-1, keepdims=True)], axis=1)
    return tokens
