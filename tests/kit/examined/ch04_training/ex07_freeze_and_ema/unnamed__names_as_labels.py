from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import optax


def freeze(tx: optax.GradientTransformation, layers: Sequence[str]) -> optax.GradientTransformation:

    optimizers = {layer: optax.set_to_zero() for layer in layers}
    optimizers["train"] = tx

    def labels(params):
        return {layer: layer if layer in layers else "train" for layer in params}

    return optax.partition(optimizers, labels)


def ema_start(params: Any) -> Any:
    return jax.tree.map(lambda p: jnp.array(p, copy=True), params)


def ema(average: Any, params: Any, decay: float) -> Any:
    return jax.tree.map(lambda a, p: jnp.asarray(decay * a + (1 - decay) * p), average, params)
