from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    taken = nnx.to_pure_dict(nnx.state(model))
    return {name: numbers for name, numbers in taken.items() if name != "dropout"}


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
