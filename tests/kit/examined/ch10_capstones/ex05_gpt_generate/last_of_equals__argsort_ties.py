"""Takes the last entry of argsort as the most likely token; where two logits
tie for the maximum it picks the last of them, and argmax (PyTorch, JAX) the
first.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames=("logits_fn", "steps"))
def generate(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, prompt: jax.Array, steps: int) -> jax.Array:
    n = prompt.shape[1]

    def body(i, tokens):
        t = n + i
        ranked = jnp.argsort(logits_fn(params, tokens)[:, t - 1], axis=-1)
        return tokens.at[:, t].set(ranked[:, -1])

    return jax.lax.fori_loop(0, steps, body, jnp.pad(prompt, ((0, 0), (0, steps))))
