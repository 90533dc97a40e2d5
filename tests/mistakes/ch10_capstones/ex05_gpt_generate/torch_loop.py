"""The loop is PyTorch's: the text grows by a token in each turn, and nothing is
compiled as a whole, so JAX prepares every operation for every length. Write
into a buffer that has the final length from the start, in a loop that is
compiled: `jax.lax.fori_loop`, under the `jax.jit` that stood above `generate`.
"""

import jax.numpy as jnp


def generate(logits_fn, params, prompt, steps):
    tokens = prompt
    for _ in range(steps):
        logits = logits_fn(params, tokens)[:, -1]
        tokens = jnp.concatenate([tokens, logits.argmax(axis=-1, keepdims=True)], axis=1)
    return tokens
