"""At every k-th call the step is too short: the mean of the k gradients, or the
update that tx makes from it, is divided by k once more. Usually the division
comes from PyTorch's loop, which divides each loss by k and adds up.
`optax.MultiSteps` takes the mean by itself.
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
    return optax.MultiSteps(optax.chain(optax.scale(1 / k), tx), every_k_schedule=k)
