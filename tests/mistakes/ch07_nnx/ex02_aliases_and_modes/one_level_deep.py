"""The snapshot has the layers of the model itself alone: those of a network in
the model are missing, and a single layer gives nothing. Usually a loop walks
over the attributes of `model`, and asks each for its Variables. A module may be
a layer or hold networks: `nnx.state` finds the Variables at any depth.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    taken = {}
    for name, layer in vars(model).items():
        if isinstance(layer, nnx.Module):
            kinds = (nnx.Param, nnx.BatchStat)
            taken[name] = {key: value[...] for key, value in vars(layer).items() if isinstance(value, kinds)}
    return {name: numbers for name, numbers in taken.items() if numbers}


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
