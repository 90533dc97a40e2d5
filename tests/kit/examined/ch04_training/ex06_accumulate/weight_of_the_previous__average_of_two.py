"""accumulate weights the average so far by the size of the previous batch, not
by all samples so far.
"""

from collections.abc import Callable
from typing import Any

import jax
import optax


def accumulate(
    grad_fn: Callable[[Any, jax.Array, jax.Array], Any], params: Any, batches: list[tuple[jax.Array, jax.Array]]
) -> Any:
    (x, y), *rest = batches
    average, before = grad_fn(params, x, y), len(x)
    for x, y in rest:
        now = len(x)
        average = jax.tree.map(
            lambda a, g: (a * before + g * now) / (before + now),  # noqa: B023
            average,
            grad_fn(params, x, y),
        )
        before = now
    return average


def step_every(tx: optax.GradientTransformation, k: int) -> Any:
    return optax.MultiSteps(tx, every_k_schedule=k)
