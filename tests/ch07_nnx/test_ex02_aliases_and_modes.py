"""Graded checks of 7.2 aliases_and_modes."""

import pytest
import torch

from flaxkata.checks import compare, expect, fetch, named, unchanged

LEARNED = "nnx.clone copies where split and merge share; eval() changes the module itself, nnx.view does not."

HINTS = (
    "In PyTorch: copy.deepcopy(model), a state_dict whose tensors were cloned, and eval mode with no model.train() to "
    "remember afterwards. Ask of each call whether it makes new boxes or new references to the old ones.",
    "`nnx.clone`; `nnx.state` with a tuple of two kinds and then `nnx.to_pure_dict`; `nnx.view` with three keywords.",
    "snapshot: nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat))). eval_view: nnx.view(model, "
    "deterministic=True, use_running_average=True, raise_if_not_found=False).",
)
SIZES = (4, 6, 3)
TRAIN = {"bn": False, "dropout": False}


def numbers(layer):
    """Copies of a layer's numbers, or of those of a network's layers, by NNX's
    names.
    """
    match layer:
        case torch.nn.Linear():
            found = {"kernel": layer.weight.T, "bias": layer.bias}
        case torch.nn.BatchNorm1d():
            found = {"scale": layer.weight, "bias": layer.bias, "mean": layer.running_mean, "var": layer.running_var}
        case _:
            return {name: numbers(child) for name, child in layer.named_children() if name != "dropout"}
    return {name: tensor.detach().clone() for name, tensor in found.items()}


@pytest.fixture
def new_twin(reference):
    """A function that makes TorchNets, each with different numbers."""

    def make():
        twin = reference.TorchNet(*SIZES)
        with torch.no_grad():
            for tensor in (twin.bn.weight, twin.bn.running_var):
                tensor.uniform_(0.5, 2.0)
            for tensor in (twin.bn.bias, twin.bn.running_mean):
                tensor.normal_()
        return twin

    return make


@pytest.fixture
def make(inside):
    """A function that makes an NNX model with a TorchNet's numbers, in train
    mode.
    """
    return lambda twin: named(inside.net(SIZES, numbers(twin)), "model")


def came_back(handle, label):
    """Record whether a function returned something."""
    return expect(fetch(handle) is not None, f"what {label} returns", f"{label} returned None; return a model.")


def test_clone(learner, reference, inside, make, new_twin):
    """`clone` returns a model with the same numbers, which keeps them when the
    original is trained further.
    """
    twin, trained = new_twin(), new_twin()
    model = make(twin)
    other = learner.clone(model)
    if came_back(other, "clone(model)"):
        compare(inside.numbers(other), numbers(reference.torch_clone(twin)), "the numbers of clone(model)")
        inside.fill(model, numbers(trained))
        compare(
            inside.numbers(other), numbers(twin), "the numbers of clone(model) after model was trained", reference="a deepcopy"
        )


def test_clone_apart(learner, inside, make, new_twin):
    """What happens to a `clone` does not affect the model: neither new numbers
    nor eval mode.
    """
    twin, trained = new_twin(), new_twin()
    model = make(twin)
    before = fetch(inside.numbers(model))
    other = learner.clone(model)
    if came_back(other, "clone(model)"):
        inside.fill(other, numbers(trained))
        unchanged(before, fetch(inside.numbers(model)), "model")
        inside.to_eval(other)
        words = "eval() on clone(model) put the layers of model itself into eval mode."
        expect(fetch(inside.modes(model)) == TRAIN, "the mode of model", words)


@pytest.mark.points(2)
def test_snapshot(learner, inside, make, new_twin):
    """`snapshot` returns the parameters and the statistics of its time, even
    when the model is trained further.
    """
    twin, trained = new_twin(), new_twin()
    model = make(twin)
    taken = named(learner.snapshot(model), "snapshot(model)")
    either = ("jax.Array", "numpy.ndarray")
    if compare(inside.arrays(taken), numbers(twin), "snapshot(model)", kinds=either):
        inside.fill(model, numbers(trained))
        label = "a snapshot that was taken before model was trained"
        compare(inside.arrays(taken), numbers(twin), label, kinds=either, reference="state_dict() with clone()")


@pytest.mark.points(2)
def test_eval_view(learner, reference, inside, make, new_twin):
    """`eval_view` computes what PyTorch does in eval mode, and leaves the model
    in train mode and its statistics unchanged.
    """
    twin, x = new_twin(), torch.randn(8, 4)
    model = make(twin)
    before = fetch(inside.numbers(model))
    view = learner.eval_view(model)
    words = "eval_view(model) put layers of model itself into eval mode; training would go on without dropout."
    expect(fetch(inside.modes(model)) == TRAIN, "the mode of model", words)
    if came_back(view, "eval_view(model)"):
        compare(inside.run(view, x), reference.torch_eval(twin, x), "eval_view(model)(x)")
        unchanged(before, fetch(inside.numbers(model)), "model")


def test_eval_view_follows(learner, reference, inside, make, new_twin):
    """An `eval_view` that was made before training computes with the trained
    numbers, as PyTorch's single model does.
    """
    twin, trained, x = new_twin(), new_twin(), torch.randn(8, 4)
    model = make(twin)
    view = learner.eval_view(model)
    if came_back(view, "eval_view(model)"):
        inside.fill(model, numbers(trained))
        twin.load_state_dict(trained.state_dict())
        compare(inside.run(view, x), reference.torch_eval(twin, x), "eval_view(model)(x) after model was trained")


def test_eval_view_of_any(learner, reference, inside):
    """`eval_view` accepts a model that has neither Dropout nor BatchNorm."""
    twin, x = torch.nn.Linear(4, 3), torch.randn(8, 4)
    model = named(inside.linear(numbers(twin)), "linear")
    view = learner.eval_view(model)
    if came_back(view, "eval_view(linear)"):
        compare(inside.run(view, x), reference.torch_eval(twin, x), "eval_view(linear)(x)")
