"""Dropout is off, but BatchNorm is still in train mode: it normalizes with the
batch, and moves the statistics, which the model shares. Set
use_running_average=True as well.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, raise_if_not_found=False)
