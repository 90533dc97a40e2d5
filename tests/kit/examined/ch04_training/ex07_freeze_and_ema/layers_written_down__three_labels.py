"""A dict of labels with TorchMLP's layers."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import optax


def freeze(tx: optax.GradientTransformation, layers: Sequence[str]) -> optax.GradientTransformation:
    labels = {name: "frozen" if name in layers else "trained" for name in ("fc1", "fc2", "fc10")}
    return optax.partition({"trained": tx, "frozen": optax.set_to_zero()}, labels)


def ema_start(params: Any) -> Any:
    return jax.tree.map(jnp.copy, params)


def ema(average: Any, params: Any, decay: float) -> Any:
    return jax.tree.map(lambda a, p: decay * jnp.asarray(a) + (1 - decay) * jnp.asarray(p), average, params)
