"""deepcopy; a flat state put together again; a shallow clone."""

import copy

import numpy as np
from flax import nnx


def clone(model):
    return copy.deepcopy(model)


def snapshot(model):
    taken = {}
    for path, variable in nnx.to_flat_state(nnx.state(model, nnx.Any(nnx.Param, nnx.BatchStat))):
        place = taken
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = np.asarray(variable[...])
    return taken


def eval_view(model):
    view = nnx.clone(model, variables=False)
    view.set_attributes(deterministic=True, use_running_average=True, raise_if_not_found=False)
    return view
