from typing import Any

import jax.numpy as jnp
from flax import nnx


def clone(model: nnx.Module) -> nnx.Module:
    """A second model with the same numbers, in the same mode.

    What later happens to one of the two does not affect the other: neither new
    numbers, nor the draws of Dropout, nor eval().
    """
    return nnx.clone(model)


def snapshot(model: nnx.Module) -> dict[str, Any]:
    """The parameters and the running statistics as they are now.

    A dict of dicts by the names in the model, {"fc1": {"kernel": ..., "bias":
    ...}, "bn": {"scale", "bias", "mean", "var"}, ...}, with JAX or NumPy
    arrays of their dtypes; an nnx.State will do too. Generators are left out.
    Variables of other kinds, such as nnx.Cache, may be in it. Training the
    model does not change the snapshot.
    """

    def is_float(path, variable):
        return jnp.issubdtype(variable.get_value().dtype, jnp.floating)

    return nnx.to_pure_dict(nnx.state(model, lambda path, v: isinstance(v, nnx.Variable) and is_float(path, v)))


def eval_view(model: nnx.Module) -> nnx.Module:
    """`model` in eval mode, while `model` itself stays in its own mode.

    It always computes with the current numbers of `model`, even after
    training, and changes none of them. Some models have only a Dropout or only
    a BatchNorm, and some have no layer with a mode.
    """
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
