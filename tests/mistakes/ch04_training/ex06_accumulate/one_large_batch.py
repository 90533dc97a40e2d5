"""grad_fn computes with the samples of several batches at once. Usually they
are joined to one large batch, or stacked for `jax.vmap`. The numbers are right,
and the memory that you wanted to save is used after all. Call grad_fn for one
batch after another.
"""

import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    xs, ys = zip(*batches)
    return grad_fn(params, jnp.concatenate(xs), jnp.concatenate(ys))


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
