"""tx makes an update from every single gradient, and at every k-th call k
updates are applied, added up or averaged. So its momentum and its count of
steps go on at every call. Usually that is `optax.apply_every` behind tx, which
waits for k calls as well. `optax.MultiSteps` gives tx the mean of the k
gradients, once.
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
    return optax.chain(tx, optax.apply_every(k))
