"""A model that was in eval mode is in train mode after `eval_view`, or after a
call of what it returns. Usually the model was put into eval mode and then into
train mode again, by model.train(), whatever mode it had before. `nnx.view` does
not touch the model.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    model.eval()
    view = nnx.view(model)
    model.train()
    return view
