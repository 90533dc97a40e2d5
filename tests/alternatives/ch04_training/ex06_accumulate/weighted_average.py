"""An average with the sizes as weights; MultiSteps as a gradient
transformation.
"""

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    sizes = [x.shape[0] for x, _ in batches]
    parts = [grad_fn(params, x, y) for x, y in batches]
    return jax.tree.map(lambda *leaves: jnp.average(jnp.stack(leaves), axis=0, weights=jnp.array(sizes)), *parts)


def step_every(tx, k):
    return optax.MultiSteps(tx, k).gradient_transformation()
