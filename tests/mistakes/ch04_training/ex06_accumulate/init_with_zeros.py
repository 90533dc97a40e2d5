"""tx is initialized with zeros and not with the params. For most optimizers
that is the same; one that keeps the params of `init`, such as a schedule-free
one, then starts from zero. Usually the zeros are those of the sum of gradients.
Pass on what `init` receives: `tx.init(params)`.
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
        total = jax.tree.map(jnp.zeros_like, params)
        return jnp.int32(0), total, tx.init(total)

    def update(grads, state, params=None):
        count, total, inner = state
        total = jax.tree.map(lambda t, g: t + g / k, total, grads)
        updates, stepped = tx.update(total, inner, params)
        now = (count + 1) % k == 0
        waiting = jax.tree.map(jnp.zeros_like, updates)
        updates, inner = jax.tree.map(lambda a, b: jnp.where(now, a, b), (updates, stepped), (waiting, inner))
        total = jax.tree.map(lambda t: jnp.where(now, 0.0, t), total)
        return updates, (count + 1, total, inner)

    return optax.GradientTransformation(init, update)
