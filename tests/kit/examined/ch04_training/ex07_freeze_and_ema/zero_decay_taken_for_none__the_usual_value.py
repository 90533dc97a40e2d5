from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import optax


def freeze(tx: optax.GradientTransformation, layers: Sequence[str]) -> optax.GradientTransformation:

    frozen = set(layers)

    def labels(params):
        return {layer: "frozen" if layer in frozen else "trained" for layer in params}

    return optax.partition({"trained": tx, "frozen": optax.set_to_zero()}, labels)


def ema_start(params: Any) -> Any:
    return jax.tree.map(lambda p: jnp.array(p, copy=True), params)


def ema(average: Any, params: Any, decay: float) -> Any:
    decay = decay or 0.999  # the usual value
    return jax.tree.map(lambda a, p: jnp.asarray(decay * a + (1 - decay) * p), average, params)
