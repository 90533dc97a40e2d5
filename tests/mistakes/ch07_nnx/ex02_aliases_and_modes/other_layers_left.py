"""In `eval_view(model)`, an nnx.MultiHeadAttention is in train mode still, and
drops weights. Usually Dropout and BatchNorm are listed as the layers to switch.
Let `nnx.view` find them: without `only`, it switches each layer that has the
setting.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(
        model, only=(nnx.Dropout, nnx.BatchNorm), deterministic=True, use_running_average=True, raise_if_not_found=False
    )
