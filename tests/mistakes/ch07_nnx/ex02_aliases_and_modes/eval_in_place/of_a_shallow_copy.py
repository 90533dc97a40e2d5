import copy

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    view = copy.copy(model)
    view.eval()
    return view
