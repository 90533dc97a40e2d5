"""Python runs loss_fn in every step, with arrays, and nothing is donated: the
step is not compiled. Put its arithmetic into an inner function under
`jax.jit(..., donate_argnums=(0, 1))`.
"""

import jax
import jax.numpy as jnp
import optax


def make_step(loss_fn, tx, log):
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
