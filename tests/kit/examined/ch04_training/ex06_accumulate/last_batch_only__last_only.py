"""Each batch overwrites the gradients of the one before."""

import optax


def accumulate(grad_fn, params, batches):
    for x, y in batches:
        grads = grad_fn(params, x, y)
    return grads


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
