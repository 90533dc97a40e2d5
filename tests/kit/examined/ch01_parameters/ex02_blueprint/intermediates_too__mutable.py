from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


def param_shapes(model: nn.Module, in_dim: int) -> Any:
    """The variables of `model` for float32 inputs of `in_dim` features, with a
    shape in place of every array.

    Returns the same nested dict as `init`; its leaves are float32
    `jax.ShapeDtypeStruct` (or plain tuples of ints). No weights are allocated
    or computed.
    """
    example = jax.ShapeDtypeStruct((1, in_dim), jnp.float32)
    return jax.eval_shape(lambda key, x: model.init(key, x, mutable=True), jax.random.key(0), example)


def init_params(model: nn.Module, seed: int, in_dim: int) -> Any:
    """Fresh variables of `model` for float32 inputs of `in_dim` features, drawn
    by the model's own initializers; their numbers depend on `seed` alone.

    Returns what `init` returns: a new dict with the collection "params", and
    with others if the model has them. Its leaves are float32 `jax.Array`s.
    """
    example = jnp.zeros((1, in_dim), jnp.float32)
    return model.init(jax.random.key(seed), example, mutable=True)
