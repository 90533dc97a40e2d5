"""param_shapes returns a flat dict with names such as "params.Dense_0.kernel",
like named_parameters, in place of the nested dict.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax import traverse_util


def param_shapes(model: nn.Module, in_dim: int) -> Any:
    abstract = jax.eval_shape(model.init, jax.random.key(0), jax.ShapeDtypeStruct((1, in_dim), jnp.float32))
    flat = traverse_util.flatten_dict(abstract, sep=".")
    return {name: tuple(s.shape) for name, s in flat.items()}


def init_params(model: nn.Module, seed: int, in_dim: int) -> Any:
    return model.init(jax.random.key(seed), jnp.empty((1, in_dim)))
