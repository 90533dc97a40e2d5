from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import optax


def freeze(tx: optax.GradientTransformation, layers: Sequence[str]) -> optax.GradientTransformation:

    def labels(params):
        return {layer: {name: "frozen" if layer in layers else name for name in params[layer]} for layer in params}

    return optax.partition({"kernel": tx, "bias": tx, "frozen": optax.set_to_zero()}, labels)


def ema_start(params: Any) -> Any:
    return jax.tree.map(jnp.copy, params)


def ema(average: Any, params: Any, decay: float) -> Any:
    return jax.tree.map(lambda a, p: jnp.asarray(decay * a + (1 - decay) * p), average, params)
