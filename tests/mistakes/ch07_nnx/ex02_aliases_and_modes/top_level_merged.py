"""Where a layer or a network has both, the running statistics are in the
snapshot and the parameters are missing. Usually a dict of the parameters and
one of the statistics are joined by `|` or update(), which replaces what has the
same name at the top. Ask `nnx.state` for both kinds at once, or join with
`nnx.merge_state`.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    params = nnx.to_pure_dict(nnx.state(model, nnx.Param))
    return params | nnx.to_pure_dict(nnx.state(model, nnx.BatchStat))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
