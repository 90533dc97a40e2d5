"""init_params is cached, so a second call with the same arguments returns the
same dict, with what the caller has written into it, in place of fresh variables
(second slip: a model with an unhashable field, such as a dict, is a TypeError).
"""

import functools
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


def param_shapes(model: nn.Module, in_dim: int) -> Any:
    return jax.eval_shape(functools.partial(model.init, jax.random.key(0)), jnp.ones((1, in_dim)))


@functools.cache
def init_params(model: nn.Module, seed: int, in_dim: int) -> Any:
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
