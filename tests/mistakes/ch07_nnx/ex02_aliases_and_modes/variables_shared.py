"""`clone` returns new layers around the model's own Variables: training one
trains the other. `nnx.merge` of what `nnx.split` returned does that, and so
does `nnx.view`. `nnx.clone` makes new Variables, and so does
nnx.merge(graphdef, state, copy=True).
"""

from flax import nnx


def clone(model):
    graphdef, state = nnx.split(model)
    return nnx.merge(graphdef, state)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
