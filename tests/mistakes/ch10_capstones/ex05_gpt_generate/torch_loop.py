"""The Python code of `logits_fn` runs for each token, each time with a longer
text, and again in each call. Usually this is PyTorch's loop: the text grows,
and nothing is compiled as a whole. Write into a buffer that has the final
length from the start, in a compiled loop: `jax.lax.fori_loop`, under the
`jax.jit` that stood above `generate`.
"""

import jax.numpy as jnp


def generate(logits_fn, params, prompt, steps):
    tokens = prompt
    for _ in range(steps):
        logits = logits_fn(params, tokens)[:, -1]
        tokens = jnp.concatenate([tokens, logits.argmax(axis=-1, keepdims=True)], axis=1)
    return tokens
