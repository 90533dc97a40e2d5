"""`log` runs once for each shape, with a tracer, which has no value. Usually it
is called in the compiled function: Python runs that while it is traced, and not
again. Return the loss from the compiled function, and log it outside.
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
        log(loss)
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
