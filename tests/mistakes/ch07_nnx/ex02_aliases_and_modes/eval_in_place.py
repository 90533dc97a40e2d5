"""`eval_view`, or a call of what it returns, puts layers of `model` itself into
eval mode, so that training goes on without dropout and with frozen statistics.
Usually eval() was called on the model, or on a `copy.copy` of it, which holds
the same layers. `nnx.view`
returns a second module with another mode and the same numbers.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    model.eval()
    return model
