"""copy.copy shares the layers, so that eval() on it reaches the model's Dropout
and BatchNorm.
"""

import copy

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    new = copy.copy(model)
    new.eval()
    return new
