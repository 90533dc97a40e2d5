"""The batches' gradients are added up as they are. Each is already a mean over
its batch, so the sum of k of them is about k times too large. Multiply each by
its batch's share of all samples.
"""

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    result = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        share = 1
        result = jax.tree.map(lambda r, g: r + share * g, result, grad_fn(params, x, y))
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
