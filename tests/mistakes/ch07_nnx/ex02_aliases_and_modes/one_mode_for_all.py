"""Where one layer of `model` was in eval mode and another in train mode,
`eval_view` puts both into the same mode. Usually `model` itself was put into
eval mode and back, with one flag for all of its layers. `nnx.view` does not
touch the model.
"""

from typing import Any

from flax import nnx


def clone(model: nnx.Module) -> nnx.Module:
    return nnx.clone(model)


def snapshot(model: nnx.Module) -> dict[str, Any]:
    state = nnx.clone(nnx.state(model, (nnx.Param, nnx.BatchStat)), arrays=True)
    return nnx.to_pure_dict(state)


def eval_view(model: nnx.Module) -> nnx.Module:
    layers = [layer for _, layer in nnx.iter_modules(model)]
    was_training = any(
        not getattr(layer, "deterministic", True) or not getattr(layer, "use_running_average", True) for layer in layers
    )
    model.eval()
    view = nnx.merge(*nnx.split(model))
    if was_training:
        model.train()
    return view
