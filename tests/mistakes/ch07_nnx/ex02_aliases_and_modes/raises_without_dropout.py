"""`eval_view` raises an error for a model without a Dropout or without a
BatchNorm: `nnx.view` does where no layer of the model knows a setting. Not
every model has both layers: add raise_if_not_found=False.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True)
