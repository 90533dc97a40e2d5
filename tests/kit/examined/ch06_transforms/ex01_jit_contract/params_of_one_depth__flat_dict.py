"""the update runs over params.items() and adds, which needs arrays there."""

from functools import partial

import jax
import jax.numpy as jnp


def make_step(loss_fn, tx, log):
    @partial(jax.jit, donate_argnums=(0, 1))
    def compiled(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        delta, state = tx.update(grads, state, params)
        return {name: p + delta[name] for name, p in params.items()}, state, loss

    def step(params, state, x, y):
        params, state, loss = compiled(params, state, x, y)
        log(loss)
        return params, state

    return step


def clone(tree):
    return jax.tree.map(jnp.copy, tree)


def history(step, params, state, batches):
    params, state = clone(params), clone(state)
    snapshots = [clone(params)]
    for x, y in batches:
        params, state = step(params, state, x, y)
        snapshots.append(clone(params))
    return snapshots


def make_predict(forward):
    return jax.jit(forward, static_argnums=(2,))
