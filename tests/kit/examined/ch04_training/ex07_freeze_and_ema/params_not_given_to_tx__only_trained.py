"""The frozen layers never reach tx, and neither do the params."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import optax


def freeze(tx: optax.GradientTransformation, layers: Sequence[str]) -> optax.GradientTransformation:
    def only_trained(tree):
        return {layer: value for layer, value in tree.items() if layer not in layers}

    def init(params):
        return tx.init(only_trained(params))

    def update(grads, state, params=None):
        updates, state = tx.update(only_trained(grads), state)
        still = {layer: jax.tree.map(jnp.zeros_like, g) for layer, g in grads.items() if layer in layers}
        return {**updates, **still}, state

    return optax.GradientTransformation(init, update)


def ema_start(params: Any) -> Any:
    return jax.tree.map(jnp.copy, params)


def ema(average: Any, params: Any, decay: float) -> Any:
    return jax.tree.map(lambda a, p: decay * jnp.asarray(a) + (1 - decay) * jnp.asarray(p), average, params)
