"""loss_fn gets x or y in another dtype than the step was given. Usually the
step converts the batch to float32, as `.float()` does. Labels in int32 are
indices, and float32 is none; data in bfloat16 take twice the memory. Pass x and
y on as they are: loss_fn knows what it needs.
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
        x, y = jnp.asarray(x, jnp.float32), jnp.asarray(y, jnp.float32)
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
    return jax.jit(forward, static_argnums=2)
