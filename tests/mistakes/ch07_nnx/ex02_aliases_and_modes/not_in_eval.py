"""`eval_view` returns a model in train mode: Dropout draws masks, and BatchNorm
normalizes with the batch and moves the statistics. Usually the settings are
missing or reversed. Eval mode is deterministic=True and
use_running_average=True; train mode has False for both.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=False, use_running_average=False, raise_if_not_found=False)
