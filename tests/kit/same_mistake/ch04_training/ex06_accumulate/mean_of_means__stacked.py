"""The parts stacked, and their mean."""

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    found = [grad_fn(params, *batch) for batch in batches]
    return jax.tree.map(lambda *g: jnp.stack(g).mean(axis=0), *found)


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
