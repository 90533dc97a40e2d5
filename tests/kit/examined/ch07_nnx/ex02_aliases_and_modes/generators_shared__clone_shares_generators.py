"""Parameters and statistics get boxes of their own, Dropout's generator is
shared, so that training the one moves the other's masks.
"""

from flax import nnx


def clone(model):
    graphdef, params, stats, rest = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    return nnx.merge(graphdef, nnx.to_pure_dict(params), nnx.to_pure_dict(stats), rest)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
