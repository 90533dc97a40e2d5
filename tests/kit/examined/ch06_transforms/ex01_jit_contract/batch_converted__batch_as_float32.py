from functools import partial

import jax
import jax.numpy as jnp
import optax


def make_step(loss_fn, tx, log):

    @partial(jax.jit, donate_argnums=(0, 1))
    def compiled(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x.astype(jnp.float32), y.astype(jnp.float32))
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    def step(params, state, x, y):
        params, state, loss = compiled(params, state, x, y)
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
