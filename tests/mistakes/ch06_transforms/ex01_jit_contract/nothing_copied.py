"""The step donates what it receives: first the caller's arrays, then those that
you keep. A list around them is not a copy. Copy params and state before the
first step, and the params that you keep after each.
"""

from functools import partial

import jax
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
    kept = [params]
    for x, y in batches:
        params, state = step(params, state, x, y)
        kept.append(params)
    return kept


def make_predict(forward):
    return jax.jit(forward, static_argnums=2)
