"""Lowered and compiled by hand for each shape; arrays' own copies; `jax.jit` as
a decorator with its argument.
"""

import jax
import optax


def make_step(loss_fn, tx, log):
    compiled = {}

    def update(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    def step(*args):
        shapes = args[2].shape, args[3].shape
        if shapes not in compiled:
            compiled[shapes] = jax.jit(update, donate_argnums=(0, 1)).lower(*args).compile()
        params, state, loss = compiled[shapes](*args)
        log(loss)
        return params, state

    return step


def history(step, params, state, batches):
    def copied(tree):
        return jax.tree.map(lambda a: a.copy(), tree)

    kept = [copied(params)]
    params, state = copied(params), copied(state)
    for x, y in batches:
        params, state = step(params, state, x, y)
        kept = [*kept, copied(params)]
    return kept


def make_predict(forward):
    @jax.jit(static_argnames="train")
    def predict(params, x, train):
        return forward(params, x, train)

    return predict
