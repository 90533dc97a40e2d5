"""`accumulate` removes batches from the list that it is given, so the caller
lacks them in the next epoch. Usually that is `pop`, to free each batch once it
is done, or to begin with the first. Iterate over the list: `for x, y in
batches`.
"""

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = jax.tree.map(jnp.zeros_like, params)
    while batches:
        x, y = batches.pop()
        share = len(x) / total
        result = jax.tree.map(lambda r, g: r + share * g, result, grad_fn(params, x, y))
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
