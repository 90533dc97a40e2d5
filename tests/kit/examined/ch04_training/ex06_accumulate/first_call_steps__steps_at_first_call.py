"""Off by one: steps in the calls 0, k, 2k, ... and not in the k-th."""

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    acc = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        grads = grad_fn(params, x, y)
        acc = jax.tree.map(lambda a, g: a + g * (len(x) / total), acc, grads)  # noqa: B023
    return acc


def step_every(tx, k):
    def init(params):
        return jnp.int32(0), jax.tree.map(jnp.zeros_like, params), tx.init(params)

    def update(grads, state, params=None):
        count, acc, inner = state
        acc = jax.tree.map(lambda a, g: a + g / k, acc, grads)

        def go(_):
            updates, new_inner = tx.update(acc, inner, params)
            return updates, (count + 1, jax.tree.map(jnp.zeros_like, acc), new_inner)

        def wait(_):
            return jax.tree.map(jnp.zeros_like, grads), (count + 1, acc, inner)

        return jax.lax.cond(count % k == 0, go, wait, None)

    return optax.GradientTransformation(init, update)
