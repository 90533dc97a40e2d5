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

    key = prompt.shape, steps
    if key not in compiled:
        compiled[key] = jax.jit(whole)
    return compiled[key](prompt)
