from typing import Any

from flax import nnx


def clone(model: nnx.Module) -> nnx.Module:
    return nnx.clone(model)


def snapshot(model: nnx.Module) -> dict[str, Any]:
    state = nnx.clone(nnx.state(model, (nnx.Param, nnx.BatchStat)), arrays=True)
    return nnx.to_pure_dict(state)


def eval_view(model: nnx.Module) -> nnx.Module:
    graphdef, numbers, rest = nnx.split(model, (nnx.Param, nnx.BatchStat), ...)
    view = nnx.merge(graphdef, numbers, nnx.clone(rest))
    view.eval()
    return view
