"""The clone is put into eval mode, as one does with an EMA model."""

from flax import nnx


def clone(model):
    new = nnx.clone(model)
    new.eval()
    return new


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
