"""lax.scan over the places, the token picked by a one-hot; a compiled function
for each logits_fn is kept.
"""

import functools

import jax
import jax.numpy as jnp


@functools.cache
def compiled(logits_fn, steps):
    def text(params, prompt):
        length = prompt.shape[1]
        buffer = jnp.zeros((prompt.shape[0], length + steps), prompt.dtype).at[:, :length].set(prompt)

        def step(buffer, place):
            here = jax.nn.one_hot(place - 1, buffer.shape[1])
            token = jnp.einsum("btv,t->bv", logits_fn(params, buffer), here).argmax(-1)
            return jax.lax.dynamic_update_slice_in_dim(buffer, token[:, None].astype(buffer.dtype), place, axis=1), None

        return jax.lax.scan(step, buffer, length + jnp.arange(steps))[0]

    return jax.jit(text)


def generate(logits_fn, params, prompt, steps):
    return compiled(logits_fn, steps)(params, prompt)
