"""The snapshot is one flat dict with names such as "fc1.kernel", as a PyTorch
state_dict has them. Flax's trees are dicts of dicts, one level for each name of
the path: {"fc1": {"kernel": ...}}. `nnx.to_pure_dict` makes one, and an
nnx.State will do too.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    state = nnx.state(model, (nnx.Param, nnx.BatchStat))
    return {".".join(map(str, path)): variable[...] for path, variable in nnx.to_flat_state(state)}


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
