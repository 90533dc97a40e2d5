"""While it waits, tx gets gradients of 0, and its updates are used. So its
momentum goes on moving the params, AdamW decays them, and each of these calls
counts as a step. Usually `optax.apply_every` stands before tx. tx must not be
called at all between the steps: `optax.MultiSteps` waits like that.
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
    return optax.chain(optax.scale(1 / k), optax.apply_every(k), tx)
