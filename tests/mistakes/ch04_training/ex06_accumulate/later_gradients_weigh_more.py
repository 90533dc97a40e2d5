"""tx does not get the mean of the k gradients: each weighs as much as all
before it together, so the last counts 1/2 and the one before 1/4. Usually the
mean so far and the new gradient are averaged, (mean + grad) / 2, which is right
up to k = 2. Add up grad / k, or let `optax.MultiSteps` do it.
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
        return jnp.int32(0), jax.tree.map(jnp.zeros_like, params), tx.init(params)

    def update(grads, state, params=None):
        count, mean, inner = state
        mean = jax.tree.map(lambda m, g: jnp.where(count % k == 0, g, (m + g) / 2), mean, grads)
        updates, stepped = tx.update(mean, inner, params)
        now = (count + 1) % k == 0
        waiting = jax.tree.map(jnp.zeros_like, updates)
        updates, inner = jax.tree.map(lambda a, b: jnp.where(now, a, b), (updates, stepped), (waiting, inner))
        return updates, (count + 1, mean, inner)

    return optax.GradientTransformation(init, update)
