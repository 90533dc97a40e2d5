"""A running mean; the waiting written out with `lax.cond`."""

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    mean, seen = None, 0
    for x, y in batches:
        seen += len(x)
        grads = grad_fn(params, x, y)
        mean = grads if mean is None else optax.incremental_update(grads, mean, len(x) / seen)
    return mean


def step_every(tx, k):
    def init(params):
        return 0, jax.tree.map(jnp.zeros_like, params), tx.init(params)

    def update(grads, state, params=None):
        count, total, inner = state
        total = jax.tree.map(jnp.add, total, grads)

        def step(total, inner):
            updates, inner = tx.update(jax.tree.map(lambda t: t / k, total), inner, params)
            return updates, (0, jax.tree.map(jnp.zeros_like, total), inner)

        def wait(total, inner):
            return jax.tree.map(jnp.zeros_like, grads), (count + 1, total, inner)

        return jax.lax.cond(count == k - 1, step, wait, total, inner)

    return optax.GradientTransformation(init, update)
