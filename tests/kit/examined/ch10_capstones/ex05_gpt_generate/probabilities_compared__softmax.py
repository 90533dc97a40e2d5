"""The largest probability is taken, where PyTorch takes the largest logit."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    n = prompt.shape[1]
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def body(t, tokens):
        probs = jax.nn.softmax(logits_fn(params, tokens)[:, t - 1], axis=-1)
        return tokens.at[:, t].set(jnp.argmax(probs, axis=-1))

    return jax.lax.fori_loop(n, n + steps, body, tokens)
