"""A while_loop that carries its place; a compiled step that knows logits_fn as
a static argument.
"""

import functools

import jax
import jax.numpy as jnp


@functools.partial(jax.jit, static_argnums=0, donate_argnums=2)
def fill(logits_fn, params, text, place):
    def unfinished(carry):
        return carry[1] < carry[0].shape[1]

    def step(carry):
        text, place = carry
        logits = jax.lax.dynamic_index_in_dim(logits_fn(params, text), place - 1, axis=1, keepdims=False)
        token = jnp.argmax(logits, axis=-1).astype(jnp.int32)
        return jnp.where(jnp.arange(text.shape[1]) == place, token[:, None], text), place + 1

    return jax.lax.while_loop(unfinished, step, (text, place))[0]


def generate(logits_fn, params, prompt, steps):
    room = jnp.full((len(prompt), steps), 7, prompt.dtype)
    return fill(logits_fn, params, jnp.concatenate([prompt, room], axis=1), prompt.shape[1])
