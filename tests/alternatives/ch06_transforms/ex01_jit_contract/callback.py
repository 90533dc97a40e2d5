"""`log` called by the compiled program; NumPy copies; two compiled
functions.
"""

import jax
import jax.numpy as jnp
import optax


def make_step(loss_fn, tx, log):
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        jax.debug.callback(log, loss, ordered=True)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    return jax.jit(step, donate_argnames=("params", "state"))


def history(step, params, state, batches):
    kept = [jax.device_get(params)]
    params, state = jax.tree.map(jnp.array, params), jax.tree.map(jnp.array, state)
    for x, y in batches:
        params, state = step(params, state, x, y)
        kept.append(jax.device_get(params))
    return kept


def make_predict(forward):
    compiled = {train: jax.jit(lambda params, x, train=train: forward(params, x, train)) for train in (True, False)}
    return lambda params, x, train: compiled[train](params, x)
