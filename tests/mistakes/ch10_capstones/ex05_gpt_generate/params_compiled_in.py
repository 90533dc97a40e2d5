"""A call with different `params` still returns the tokens of the first model.
Usually a compiled function is kept for later calls, and `params` is not among
its arguments: it is read while the function is traced, and becomes a constant
of the program. Make `params` an argument, and `logits_fn` a static one.
"""

import jax
import jax.numpy as jnp

compiled = {}


def generate(logits_fn, params, prompt, steps):
    start = prompt.shape[1]

    def whole(prompt):
        tokens = jnp.pad(prompt, ((0, 0), (0, steps)))

        def write(t, tokens):
            return tokens.at[:, t].set(logits_fn(params, tokens)[:, t - 1].argmax(axis=-1))

        return jax.lax.fori_loop(start, start + steps, write, tokens)

    key = logits_fn, prompt.shape, steps
    if key not in compiled:
        compiled[key] = jax.jit(whole)
    return compiled[key](prompt)
