"""The step goes on with the optimizer's state of its last call, and not with
the state that it is passed. Usually it keeps the state for itself, as a PyTorch
optimizer does. Then a second run with a new state begins with the momentum of
the first. Give `tx.update` the state that the step takes, and return the new
one.
"""

from functools import partial

import jax
import jax.numpy as jnp
import optax


def make_step(loss_fn, tx, log):

    @partial(jax.jit, donate_argnums=(0, 1))
    def compiled(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    kept = []

    def step(params, state, x, y):
        if kept:
            state = kept.pop()
        params, state, loss = compiled(params, state, x, y)
        kept.append(state)
        log(loss)
        return params, state

    return step


def history(step, params, state, batches):
    result = [jax.tree.map(jnp.copy, params)]
    params, state = jax.tree.map(jnp.copy, (params, state))
    for x, y in batches:
        params, state = step(params, state, x, y)
        result.append(jax.tree.map(jnp.copy, params))
    return result


def make_predict(forward):
    return jax.jit(forward, static_argnums=2)
