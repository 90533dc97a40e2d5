"""init_params returns only the collection "params", so batch_stats and other
collections of the model are lost.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


def _example(in_dim):
    return jnp.zeros((1, in_dim), jnp.float32)


def param_shapes(model: nn.Module, in_dim: int) -> Any:
    return jax.eval_shape(model.init, jax.random.key(0), _example(in_dim))


def init_params(model: nn.Module, seed: int, in_dim: int) -> Any:
    variables = model.init({"params": jax.random.key(seed)}, _example(in_dim))
    return {"params": variables["params"]}
