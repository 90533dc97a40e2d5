"""The clone is not in the mode of `model`. Usually `clone` calls eval() or
train() on the new model. A copy of a module has the mode of its original
already, as in PyTorch; who wants a different one can set it.
"""

from flax import nnx


def clone(model):
    new = nnx.clone(model)
    new.eval()
    return new


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
