"""Each layer has a state of tx of its own."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import optax


def freeze(tx: optax.GradientTransformation, layers: Sequence[str]) -> optax.GradientTransformation:
    def init(params):
        return {layer: tx.init(p) for layer, p in params.items() if layer not in layers}

    def update(grads, state, params=None):
        updates, new_state = {}, {}
        for layer, g in grads.items():
            if layer in layers:
                updates[layer] = jax.tree.map(jnp.zeros_like, g)
            else:
                p = None if params is None else params[layer]
                updates[layer], new_state[layer] = tx.update(g, state[layer], p)
        return updates, new_state

    return optax.GradientTransformation(init, update)


def ema_start(params: Any) -> Any:
    return jax.tree.map(jnp.copy, params)


def ema(average: Any, params: Any, decay: float) -> Any:
    return jax.tree.map(lambda a, p: decay * jnp.asarray(a) + (1 - decay) * jnp.asarray(p), average, params)
