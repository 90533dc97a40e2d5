"""BatchNorm uses its running statistics, but Dropout still draws masks. Set
deterministic=True as well.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, use_running_average=True, raise_if_not_found=False)
