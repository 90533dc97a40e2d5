"""A tracer is asked for its number, by `float(loss)`, `loss.item()`, NumPy or
an f-string. A tracer has no number, only a shape and a dtype. That happens in
the compiled function, or with a loss that it stored somewhere instead of
returning it. Return the loss from the compiled function; outside, it is an
array with a value.
"""

from functools import partial

import jax
import jax.numpy as jnp
import optax


def make_step(loss_fn, tx, log):
    @partial(jax.jit, donate_argnums=(0, 1))
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        log(float(loss))
        return optax.apply_updates(params, updates), state

    return step


def history(step, params, state, batches):
    kept = [params]
    params, state = jax.tree.map(jnp.copy, (params, state))
    for x, y in batches:
        params, state = step(params, state, x, y)
        kept.append(jax.tree.map(jnp.copy, params))
    return kept


def make_predict(forward):
    return jax.jit(forward, static_argnums=2)
