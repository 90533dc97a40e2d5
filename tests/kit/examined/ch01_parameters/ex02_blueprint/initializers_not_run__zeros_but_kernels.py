from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


def param_shapes(model: nn.Module, in_dim: int) -> Any:
    """The variables of `model` for inputs of `in_dim` features, with a shape in
    place of every array.

    Returns the same nested dict as `init`; its leaves are float32
    `jax.ShapeDtypeStruct` (or plain tuples of ints). No weights are allocated
    or computed.
    """
    example = jax.ShapeDtypeStruct((1, in_dim), jnp.float32)
    return jax.eval_shape(model.init, jax.random.key(0), example)


def init_params(model: nn.Module, seed: int, in_dim: int) -> Any:
    """Fresh variables of `model` for inputs of `in_dim` features, drawn by the
    model's own initializers; their numbers depend on `seed` alone.

    Returns what `init` returns: a new dict with the collection "params", and
    with others if the model has them. Its leaves are float32 `jax.Array`s.
    """
    x = jnp.zeros((1, in_dim))
    variables = model.init(jax.random.key(seed), x)
    leaves, tree = jax.tree.flatten(variables["params"])
    keys = jax.random.split(jax.random.key(seed), len(leaves))
    draw = nn.initializers.lecun_normal()
    new = [draw(k, a.shape) if a.ndim >= 2 else jnp.zeros(a.shape) for k, a in zip(keys, leaves, strict=True)]
    return {**variables, "params": jax.tree.unflatten(tree, new)}
