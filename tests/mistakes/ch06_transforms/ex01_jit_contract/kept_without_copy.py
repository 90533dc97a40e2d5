"""Entries of history are gone: "Array has been deleted". They hold the arrays
that the next step receives, and it donates them. A dict or a list around the
same arrays does not copy them: `dict(params)`, `copy.copy` and `[params]` hold
the arrays themselves. Keep copies, `jax.tree.map(jnp.copy, params)`.
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
    kept = [jax.tree.map(jnp.copy, params)]
    params, state = jax.tree.map(jnp.copy, (params, state))
    for x, y in batches:
        params, state = step(params, state, x, y)
        kept.append(params)
    return kept


def make_predict(forward):
    return jax.jit(forward, static_argnums=2)
