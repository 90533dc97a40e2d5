"""`update` raises an error under `jax.jit`, where the count of calls has no
value. Usually Python's `if` asks whether this is the k-th call. `jax.lax.cond`
or `jnp.where` decides there, and `optax.MultiSteps` has it built in.
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
        return 0, jax.tree.map(jnp.zeros_like, params), tx.init(params)

    def update(grads, state, params=None):
        count, total, inner = state
        total = jax.tree.map(lambda t, g: t + g / k, total, grads)
        if (count + 1) % k == 0:
            updates, inner = tx.update(total, inner, params)
            return updates, (0, jax.tree.map(jnp.zeros_like, params), inner)
        return jax.tree.map(jnp.zeros_like, grads), (count + 1, total, inner)

    return optax.GradientTransformation(init, update)
