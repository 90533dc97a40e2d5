"""The clone shares its running statistics with `model`, although its parameters
are its own: training one moves the mean and var of the other. Usually only the
`nnx.Param`s were copied. BatchNorm's mean and var are `nnx.BatchStat`s.
`nnx.clone` gives everything new Variables.
"""

from flax import nnx


def clone(model):
    graphdef, params, rest = nnx.split(model, nnx.Param, ...)
    return nnx.merge(graphdef, nnx.to_pure_dict(params), rest)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
