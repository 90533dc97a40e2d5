"""nnx.view is not a copy: it shares the Variables."""

from flax import nnx


def clone(model):
    return nnx.view(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
