"""`model.eval()` returns None, not the model as in PyTorch, and it has changed
the mode of the model that you were given. `nnx.view` gives a second module
with another mode.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return model.eval()
