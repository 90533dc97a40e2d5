"""The function raises an error for a model without a layer of TorchNet's names.
Usually it asks for fc1, bn, dropout or fc2. Any module must do: let `nnx.state`
find the Variables, and `nnx.view` the layers.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    def numbers(layer, *names):
        return {name: getattr(layer, name)[...] for name in names}

    return {
        "fc1": numbers(model.fc1, "kernel", "bias"),
        "bn": numbers(model.bn, "scale", "bias", "mean", "var"),
        "fc2": numbers(model.fc2, "kernel", "bias"),
    }


def eval_view(model):
    view = nnx.view(model)
    view.dropout.deterministic = True
    view.bn.use_running_average = True
    return view
