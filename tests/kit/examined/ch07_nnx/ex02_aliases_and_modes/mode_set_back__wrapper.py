"""The model's own mode changes in each call, and is train mode afterwards."""

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


class EvalView(nnx.Module):
    def __init__(self, model):
        self.model = model

    def __call__(self, x):
        self.model.eval()
        y = self.model(x)
        self.model.train()
        return y


def eval_view(model):
    return EvalView(model)
