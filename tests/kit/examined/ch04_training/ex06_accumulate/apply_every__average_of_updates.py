"""step_every lets tx run at every call and applies the mean of its k updates at
the k-th; the same for plain SGD, but wrong for tx with momentum, Adam, clipping
or a schedule.
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    seen = 0
    mean = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        n = x.shape[0]
        seen += n
        mean = jax.tree.map(lambda m, g, n=n, seen=seen: m + (g - m) * (n / seen), mean, grad_fn(params, x, y))
    return mean


def step_every(tx: optax.GradientTransformation, k: int) -> Any:
    return optax.chain(tx, optax.scale(1 / k), optax.apply_every(k))
