"""The snapshot lacks Params or running statistics of a layer that is not like
TorchNet's. Usually it goes by a list of names, such as kernel and bias, by the
exact type, which a subclass such as nnx.LoRAParam does not have, or by the
dtype. `nnx.state(model, (nnx.Param, nnx.BatchStat))` finds them all, and those
of subclasses too.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, lambda path, _: path[-1] in ("kernel", "bias", "scale", "mean", "var")))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
