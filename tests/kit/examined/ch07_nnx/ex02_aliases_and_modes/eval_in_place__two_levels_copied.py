"""The layers are copied, and the layers in them are the model's."""

from typing import Any

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
    arrays; an nnx.State will do too. Generators are left out. Training the
    model does not change the snapshot.
    """
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    import copy

    view = copy.copy(model)
    for name, child in vars(model).items():
        if isinstance(child, nnx.Module):
            setattr(view, name, copy.copy(child))
    view.eval()
    return view
