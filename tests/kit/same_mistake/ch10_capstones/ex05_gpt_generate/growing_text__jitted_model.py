"""The model compiled, and called with a text that grows."""

import jax
import jax.numpy as jnp


def generate(logits_fn, params, prompt, steps):
    model = jax.jit(logits_fn)
    for _ in range(steps):
        token = jnp.argmax(model(params, prompt)[:, -1], axis=-1)
        prompt = jnp.hstack([prompt, token[:, None]])
    return prompt
