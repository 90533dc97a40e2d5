"""The tokens are drawn at random, and differ from the most likely ones. Usually
`jax.random.categorical` stands where PyTorch has `argmax`. `torch_generate` is
greedy: each token is the one with the largest logit.
"""

from functools import partial

import jax
import jax.numpy as jnp

FREE = {"SEED": [1, 42]}
SEED = 0


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def write(t, tokens):
        logits = logits_fn(params, tokens)[:, t - 1]
        return tokens.at[:, t].set(jax.random.categorical(jax.random.key(SEED), logits))

    return jax.lax.fori_loop(start, start + steps, write, tokens)
