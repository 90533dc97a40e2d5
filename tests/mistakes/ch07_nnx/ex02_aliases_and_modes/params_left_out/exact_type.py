from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, lambda _, v: type(v) in (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
