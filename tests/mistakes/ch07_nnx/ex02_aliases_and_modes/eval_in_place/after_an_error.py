from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    try:
        return nnx.view(model, deterministic=True, use_running_average=True)
    except ValueError:
        model.eval()
        return model
