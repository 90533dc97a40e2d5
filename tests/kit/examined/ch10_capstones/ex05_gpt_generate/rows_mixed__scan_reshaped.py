"""What scan stacked is reshaped to the shape of the batch."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    batch, n = prompt.shape
    tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

    def step(tokens, t):
        new = jnp.argmax(logits_fn(params, tokens)[:, t - 1], axis=-1).astype(jnp.int32)
        return tokens.at[:, t].set(new), new

    _, new = jax.lax.scan(step, tokens, jnp.arange(n, n + steps))
    return jnp.concatenate([prompt, new.reshape(batch, steps)], axis=1)
