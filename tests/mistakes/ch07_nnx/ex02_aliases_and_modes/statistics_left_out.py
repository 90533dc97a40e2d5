"""The snapshot has the parameters alone. The running mean and var of BatchNorm
are `nnx.BatchStat`s, not `nnx.Param`s: ask for both kinds.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, nnx.Param))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
