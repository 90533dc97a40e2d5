"""Graded checks of 7.2 aliases_and_modes."""

import pytest
import torch

from flaxkata.checks import compare, each, expect, fetch, named, reading, unchanged, when

LEARNED = "nnx.clone copies where split and merge share; eval() changes the module itself, nnx.view does not."

HINTS = (
    "In PyTorch: copy.deepcopy(model), a state_dict whose tensors were cloned, and eval mode with no model.train() to "
    "remember afterwards. Ask of each call whether it makes new boxes or new references to the old ones.",
    "`nnx.clone`; `nnx.state` with a tuple of two kinds and then `nnx.to_pure_dict`; `nnx.view` with three keywords.",
    "snapshot: nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat))). eval_view: nnx.view(model, "
    "deterministic=True, use_running_average=True, raise_if_not_found=False).",
)

WORDS = {
    "copy.deepcopy(model)": "nnx.clone(model)",
    "state_dict()": "nnx.state(model)",
    "model.eval()": "nnx.view",
}
SIZES = (4, 6, 3)
TRAIN, EVAL = ({"bn": mode, "dropout": mode} for mode in (False, True))
MIXED = {"bn": True, "dropout": False}  # as in fine-tuning with fixed statistics
NETS = {"Net": "for a model", "Nested": "for a model in a model"}


def numbers(layer):
    """Copies of a layer's numbers, or of those of a network's layers, by NNX's
    names.
    """
    match layer:
        case torch.nn.Linear():
            found = {"kernel": layer.weight.T, "bias": layer.bias}
        case torch.nn.BatchNorm1d():
            found = {"scale": layer.weight, "bias": layer.bias, "mean": layer.running_mean, "var": layer.running_var}
        case Own():
            found = layer.numbers
        case _:
            return {name: numbers(child) for name, child in layer.named_children() if name != "dropout"}
    return {name: tensor.detach().clone() for name, tensor in found.items()}


class Nested(torch.nn.Module):
    """A network in a network."""

    def __init__(self, body: torch.nn.Module, head: torch.nn.Module):
        super().__init__()
        self.body, self.head = body, head

    def forward(self, x):
        return self.head(self.body(x))


class Attention(torch.nn.Module):
    """`inside.attention` in PyTorch; the dropout of its weights is left out."""

    def forward(self, x):
        return torch.nn.functional.scaled_dot_product_attention(x, x, x)


def own():
    """The numbers of `inside.own`."""
    floats = {"embedding": torch.randn(5, 2), "scale": torch.randn(4), "bias": torch.randn(3).bfloat16()}
    return floats | {name: torch.randint(100, (2,)).int() for name in ("steps", "seen")}


class Own(torch.nn.Module):
    """`inside.Own` in PyTorch."""

    def __init__(self):
        super().__init__()
        self.numbers = own()

    def forward(self, x):
        return x * self.numbers["scale"] + self.numbers["seen"].sum()


def randomized(twin):
    """The same module; its BatchNorms have no number that is 0 or 1."""
    with torch.no_grad():
        for bn in (layer for layer in twin.modules() if isinstance(layer, torch.nn.BatchNorm1d)):
            for tensor in (bn.weight, bn.running_var):
                tensor.uniform_(0.5, 2.0)
            for tensor in (bn.bias, bn.running_mean):
                tensor.normal_()
    return twin


@pytest.fixture
def new_twin(reference):
    """A function that makes TorchNets, or such in a Nested, each with different
    numbers.
    """

    def make(kind="Net"):
        in_dim, hidden, output_dim = SIZES
        if kind == "Net":
            return randomized(reference.TorchNet(*SIZES))
        return randomized(Nested(reference.TorchNet(in_dim, hidden, hidden), torch.nn.Linear(hidden, output_dim)))

    return make


@pytest.fixture
def make(inside):
    """A function that makes an NNX model with a twin's numbers, in train
    mode.
    """
    return lambda twin: named(inside.net(SIZES, numbers(twin)), "model")


def came_back(handle, label):
    """Record whether a function returned something."""
    return expect(fetch(handle) is not None, f"what {label} returns", f"{label} returned None; return a model.")


def ran(inside, model, x, name):
    """What a model computes."""
    return reading(inside.call, name)(model, x)


def in_mode(inside, model, mode, label, words):
    """Record whether a model is in a mode, told by its two layers that have
    one.
    """
    found = fetch(inside.modes(model))
    expect(found == mode, label, words, detail=str(found))


def test_clone(learner, reference, inside, make, new_twin):
    """`clone` returns a model with the same numbers and in the same mode, which
    keeps them when the original is trained further.
    """
    for kind, circumstance in NETS.items():
        with when(circumstance):
            twin, trained = new_twin(kind), new_twin(kind)
            model = make(twin)
            other = learner.clone(model)
            if came_back(other, "clone(model)"):
                compare(inside.numbers(other), numbers(reference.torch_clone(twin)), "the numbers of clone(model)")
                inside.fill(model, numbers(trained))
                label = "the numbers of clone(model) after model was trained"
                compare(inside.numbers(other), numbers(twin), label, reference="a deepcopy")
    with when("for a layer with Variables of other kinds"):
        before, trained = own(), own()
        model = named(inside.own(before), "model")
        other = learner.clone(model)
        if came_back(other, "clone(model)"):
            compare(inside.variables(other), before, "the Variables of clone(model)", reference="model")
            inside.fill(model, trained)
            label = "the Variables of clone(model) after model was trained"
            compare(inside.variables(other), before, label, reference="a deepcopy")
    for mode, its in ((TRAIN, "in train mode"), (EVAL, "in eval mode"), (MIXED, "whose BatchNorm alone is in eval mode")):
        with when(f"for a model {its}"):
            model = make(new_twin())
            inside.set_modes(model, **mode)
            other = learner.clone(model)
            if came_back(other, "clone(model)"):
                words = f"clone(model) is in {'train' if mode == EVAL else 'eval'} mode, at least in some of its layers."
                if mode == MIXED:
                    words = "In clone(model), a layer is in a different mode than in model."
                in_mode(inside, other, mode, "the mode of clone(model)", words)


def test_clone_apart(learner, inside, make, new_twin):
    """What happens to a `clone` does not affect the model: neither new numbers,
    nor a draw of Dropout, nor eval mode. Nor does it the other way round.
    """
    twin, trained = new_twin(), new_twin()
    model = make(twin)
    before = fetch(inside.everything(model))
    other = learner.clone(model)
    if came_back(other, "clone(model)"):
        inside.fill(other, numbers(trained))
        unchanged(before, fetch(inside.everything(model)), "model")
        before = fetch(inside.everything(model))
        inside.draw(other)
        with when("after Dropout of clone(model) drew a mask"):
            unchanged(before, fetch(inside.everything(model)), "model")
        inside.to_eval(other)
        words = "eval() on clone(model) put the layers of model itself into eval mode."
        in_mode(inside, model, TRAIN, "the mode of model", words)
    model = make(twin)
    other = learner.clone(model)
    if came_back(other, "clone(model)"):
        mode = fetch(inside.modes(other))
        inside.to_eval(model)
        words = "eval() on model put the layers of clone(model) into eval mode."
        in_mode(inside, other, mode, "the mode of clone(model) after model.eval()", words)


@pytest.mark.points(2)
def test_snapshot(learner, inside, make, new_twin):
    """`snapshot` returns the parameters and the statistics of its time, even
    when the model is trained further.
    """
    either = ("jax.Array", "numpy.ndarray")
    for kind, circumstance in (*NETS.items(), ("Linear", "for a single Linear")):
        with when(circumstance):
            twin, trained = (torch.nn.Linear(4, 3) if kind == "Linear" else new_twin(kind) for _ in range(2))
            model = named(inside.linear(numbers(twin)), "model") if kind == "Linear" else make(twin)
            taken = named(learner.snapshot(model), "snapshot(model)")
            if compare(inside.arrays(taken), numbers(twin), "snapshot(model)", kinds=either):
                inside.fill(model, numbers(trained))
                label = "snapshot(model) after model was trained"
                compare(inside.arrays(taken), numbers(twin), label, kinds=either, reference="state_dict() with clone()")
    with when("for a layer with Params of other names, kinds and dtypes"):
        model, expected = named(inside.own(tree := own()), "model"), {name: tree[name] for name in tree if name != "seen"}
        taken = named(learner.snapshot(model), "snapshot(model)")
        if compare(inside.arrays(taken, "seen"), expected, "snapshot(model)", kinds=either, reference="model"):
            inside.fill(model, own())
            label = "snapshot(model) after model was trained"
            compare(inside.arrays(taken, "seen"), expected, label, kinds=either, reference="model before")


@pytest.mark.points(2)
def test_eval_view(learner, reference, inside, make, new_twin):
    """`eval_view` computes what PyTorch does in eval mode, and leaves the model
    in its mode and its statistics unchanged.
    """
    words = (
        "eval_view(model), or a call of it, put layers of model itself into eval mode; training would go on without dropout."
    )
    for kind, rows in each((("Net", 8), ("Nested", 1)), "with a {} and a batch of {}"):
        twin, x = new_twin(kind), torch.randn(rows, 4)
        model = make(twin)
        before = fetch(inside.everything(model))
        view = learner.eval_view(model)
        in_mode(inside, model, TRAIN, "the mode of model", words)
        if came_back(view, "eval_view(model)"):
            compare(ran(inside, view, x, "eval_view(model)(x)"), reference.torch_eval(twin, x), "eval_view(model)(x)")
            unchanged(before, fetch(inside.everything(model)), "model")
            in_mode(inside, model, TRAIN, "the mode of model after eval_view(model)(x)", words)
    with when("for a model in eval mode"):
        twin, x = new_twin(), torch.randn(8, 4)
        model = make(twin)
        inside.to_eval(model)
        view = learner.eval_view(model)
        if came_back(view, "eval_view(model)"):
            theirs = reference.torch_eval(twin, x)
            compare(ran(inside, view, x, "eval_view(model)(x)"), theirs, "eval_view(model)(x)")
            words = "eval_view(model), or a call of it, put layers of model itself into train mode."
            in_mode(inside, model, EVAL, "the mode of model", words)
            inside.to_train(model)
            label = "eval_view(model)(x) after model.train()"
            compare(ran(inside, view, x, "eval_view(model)(x)"), theirs, label)
    with when("for a model whose BatchNorm alone is in eval mode"):
        twin, x = new_twin(), torch.randn(8, 4)
        model = make(twin)
        inside.set_modes(model, **MIXED)
        view = learner.eval_view(model)
        if came_back(view, "eval_view(model)"):
            compare(ran(inside, view, x, "eval_view(model)(x)"), reference.torch_eval(twin, x), "eval_view(model)(x)")
            words = "eval_view(model), or a call of it, changed the mode of a layer of model itself."
            in_mode(inside, model, MIXED, "the mode of model", words)


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
        label = "eval_view(model)(x) after model was trained"
        compare(ran(inside, view, x, "eval_view(model)(x)"), reference.torch_eval(twin, x), label)


def test_eval_view_of_any(learner, reference, inside):
    """`eval_view` accepts a model that has only a Dropout, only a BatchNorm or
    only an nnx.MultiHeadAttention, and one in which no layer has a mode or
    Variables are of other kinds, and follows their training too.
    """
    x = torch.randn(8, 4)
    kinds = {
        "dropout": (lambda: torch.nn.Dropout(0.5), inside.dropout),
        "batchnorm": (lambda: randomized(torch.nn.BatchNorm1d(4)), inside.batchnorm),
        "linear": (lambda: torch.nn.Linear(4, 3), inside.linear),
        "attention": (Attention, inside.attention),
        "layer_of_other_kinds": (Own, inside.own),
    }
    for name, (new, in_nnx) in kinds.items():
        twin, trained = new(), new()
        model = named(in_nnx(numbers(twin)), name)
        before = fetch(inside.settings(model))
        view = learner.eval_view(model)
        if came_back(view, f"eval_view({name})"):
            label = f"eval_view({name})(x)"
            compare(ran(inside, view, x, label), reference.torch_eval(twin, x), label)
            inside.fill(model, numbers(trained))
            compare(ran(inside, view, x, label), reference.torch_eval(trained, x), f"{label} after {name} was trained")
            words = f"eval_view({name}), or a call of it, put {name} itself into eval mode."
            expect(fetch(inside.settings(model)) == before, f"the mode of {name}", words)
