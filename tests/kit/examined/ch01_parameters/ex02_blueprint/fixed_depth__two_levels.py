"""param_shapes walks exactly collection / layer / name, so it fails for a model
with layers inside blocks or with parameters of its own.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


def param_shapes(model: nn.Module, in_dim: int) -> Any:
    x = jax.ShapeDtypeStruct((1, in_dim), jnp.float32)
    key = jax.random.key(0)
    variables = jax.eval_shape(lambda x: model.init(key, x), x)
    shapes = {}
    for collection, layers in variables.items():
        shapes[collection] = {}
        for layer, entries in layers.items():
            shapes[collection][layer] = {name: tuple(a.shape) for name, a in entries.items()}
    return shapes


def init_params(model: nn.Module, seed: int, in_dim: int) -> Any:
    return model.init(jax.random.key(seed), jnp.zeros((1, in_dim)))
