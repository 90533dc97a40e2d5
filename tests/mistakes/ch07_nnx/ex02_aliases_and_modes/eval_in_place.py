"""`model.eval()` changes the mode of the model that you were given, so its
training goes on without dropout and with frozen statistics. `nnx.view`
gives a second module with another mode and the same numbers.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    model.eval()
    return model
