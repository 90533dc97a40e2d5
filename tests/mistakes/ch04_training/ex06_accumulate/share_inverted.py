"""A small batch counts more than a large one: each is multiplied by total /
len(x), or divided by its size. Multiply by its share of all samples, len(x) /
total.
"""

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        share = total / len(x)
        result = jax.tree.map(lambda r, g: r + share * g, result, grad_fn(params, x, y))
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
