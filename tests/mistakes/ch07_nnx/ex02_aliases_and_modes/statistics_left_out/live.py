from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.state(model, nnx.Param)


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
