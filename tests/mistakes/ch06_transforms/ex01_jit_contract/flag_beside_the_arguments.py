"""After a change of mode, `predict` still returns the first mode's numbers.
Usually the flag reaches the compiled function through a variable outside, and
jax.jit watches only arguments: what it read in the first trace, it uses from
then on. Make `train` an argument, and static.
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
    kept = [params]
    params, state = jax.tree.map(jnp.copy, (params, state))
    for x, y in batches:
        params, state = step(params, state, x, y)
        kept.append(jax.tree.map(jnp.copy, params))
    return kept


def make_predict(forward):
    mode = {}

    @jax.jit
    def compiled(params, x):
        return forward(params, x, mode["train"])

    def predict(params, x, train):
        mode["train"] = train
        return compiled(params, x)

    return predict
