"""`eval_view` returns a model with numbers of its own: it goes on computing
with those that `model` had when it was made. Usually it is a copy that was put
into eval mode. `nnx.view` shares the Variables.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    view = nnx.clone(model)
    view.eval()
    return view
