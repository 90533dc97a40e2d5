"""The snapshot has the key and the count of Dropout's generator, which are to
be left out. `nnx.state(model)` returns all Variables of the model, at any
depth. Name the kinds that you want: nnx.state(model, (nnx.Param,
nnx.BatchStat)).
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
