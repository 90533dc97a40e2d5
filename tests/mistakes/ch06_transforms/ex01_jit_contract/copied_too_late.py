"""The params are copied after the step that received them. By then their arrays
are donated, and there is nothing left to copy: "Array has been deleted". Copy
before the step.
"""

from functools import partial

import jax
import jax.numpy as jnp
import optax


def make_step(loss_fn, tx, log):
    @partial(jax.jit, donate_argnums=(0, 1))
    def update(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    def step(params, state, x, y):
        params, state, loss = update(params, state, x, y)
        log(loss)
        return params, state

    return step


def history(step, params, state, batches):
    state = jax.tree.map(jnp.copy, state)
    kept = []
    for x, y in batches:
        new_params, state = step(params, state, x, y)
        kept.append(jax.tree.map(jnp.copy, params))
        params = new_params
    return [*kept, params]


def make_predict(forward):
    return jax.jit(forward, static_argnums=2)
