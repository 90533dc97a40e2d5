"""`clone` returns a model that holds the very same layers: whatever is trained
or put into eval mode is so in both. Usually it is the model itself, or a
`copy.copy`. `nnx.clone` and `copy.deepcopy` make new layers.
"""

import copy

from flax import nnx


def clone(model):
    return copy.copy(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
