"""Graded checks of 7.4 nnx_training: a Net of our own, with TorchNet's numbers,
and a network in which no layer has a mode.
"""

import pytest
import torch

from flaxkata.checks import between, compare, curve, each, expect, fetch, named, one_of, reading, unchanged, when

LEARNED = "the filter of an nnx.Optimizer says what trains; nnx.jit changes all in place."

HINTS = (
    "Three objects stand in TrainState's place. Ask of each: which Variables has it, whose arrays are in them, and who changes "
    "them? PyTorch's groups become a mask, requires_grad_(False) a filter, AveragedModel a second model.",
    "`nnx.Optimizer(model, optax.adamw(lr, weight_decay=..., mask=...), wrt=...)`, `nnx.map_state`, "
    "`nnx.clone(model, arrays=True)`, `nnx.state`, `nnx.update`, `nnx.value_and_grad`, `nnx.jit` with `donate_argnums`, "
    "`nnx.view` with raise_if_not_found=False.",
    "mask: lambda params: nnx.map_state(lambda path, _: path[-1] not in no_decay, params). wrt: lambda path, variable: "
    "isinstance(variable, nnx.Param) and path[0] not in frozen. update_average: nnx.update(average, jax.tree.map(lambda a, p: "
    "decay * a + (1 - decay) * p, nnx.state(average, nnx.Param), nnx.state(model, nnx.Param))), then "
    "nnx.update(average, jax.tree.map(jnp.copy, nnx.state(model, nnx.BatchStat))). train_step: "
    "@partial(nnx.jit, donate_argnums=(0, 1, 2)) on a function beside it.",
)

WORDS = {
    "torch.optim.AdamW": "nnx.Optimizer",
    "requires_grad_(False)": "wrt",
    "AveragedModel": "nnx.clone",
}
SIZES = (4, 6, 3)
NORMS = (torch.nn.BatchNorm1d, torch.nn.LayerNorm)
USUAL = ("bias", "scale")


class TorchBody(torch.nn.Module):
    def __init__(self, in_dim, hidden):
        super().__init__()
        self.head = torch.nn.Linear(in_dim, hidden)
        self.norm = torch.nn.LayerNorm(hidden)
        self.bias_scale = torch.nn.Parameter(torch.ones(hidden))

    def forward(self, x):
        return torch.tanh(self.norm(self.head(x))) * self.bias_scale


class TorchNested(torch.nn.Module):
    """The network in which no layer has a mode; one is in a list."""

    def __init__(self, in_dim, hidden, output_dim, rate):
        super().__init__()
        self.body = torch.nn.ModuleList([TorchBody(in_dim, hidden)])
        self.head = torch.nn.Linear(hidden, output_dim)

    def forward(self, x):
        return self.head(self.body[0](x))


def in_flax(twin, what="data", statistics=True):
    """The twin's "data" or "grad" by the names of Flax, as tensors of their
    own; with the running statistics.
    """
    tree = {}
    for module_name, module in twin.named_modules():
        for name, parameter in module.named_parameters(recurse=False):
            norm = isinstance(module, NORMS)
            value = getattr(parameter, what)
            value = torch.zeros_like(parameter) if value is None else value
            leaf = name if name != "weight" else "scale" if norm else "kernel"
            put(tree, module_name, leaf, value.T.clone() if leaf == "kernel" else value.clone())
        if isinstance(module, torch.nn.BatchNorm1d) and statistics:
            put(tree, module_name, "mean", module.running_mean.clone())
            put(tree, module_name, "var", module.running_var.clone())
    return tree


def put(tree, module_name, leaf, value):
    for part in filter(None, module_name.split(".")):
        tree = tree.setdefault(int(part) if part.isdigit() else part, {})
    tree[leaf] = value


def without_var(numbers):
    """Without BatchNorm's running variance, where PyTorch and Flax differ."""
    return {n: {m: v for m, v in d.items() if m != "var"} if isinstance(d, dict) else d for n, d in numbers.items()}


@pytest.fixture
def new_twin(reference):
    """A function that makes a twin whose numbers are all random."""

    def make(kind="Net", rate=0.0):
        twin = TorchNested(*SIZES, rate) if kind == "Nested" else reference.TorchNet(*SIZES, rate)
        with torch.no_grad():
            for parameter in twin.parameters():
                parameter.normal_(std=0.5)
            if kind == "Net":
                twin.bn.running_mean.normal_()
                twin.bn.running_var.uniform_(0.5, 2.0)
        return twin

    return make


@pytest.fixture
def make(inside):
    """A function that makes the model in NNX with a twin's numbers."""
    return lambda twin, rate=0.0: named(inside.net(SIZES, rate, in_flax(twin)), "model")


def batches(count, rows=8):
    return [(torch.randn(rows, 4), torch.randn(rows, 3)) for _ in range(count)]


def stepped(learner, inside, reference, twin, model, lr, weight_decay, no_decay, frozen):
    """Four steps with random gradients on both sides."""
    mine = learner.make_optimizer(model, lr, weight_decay, no_decay, frozen)
    theirs = reference.torch_optimizer(twin, lr, weight_decay, no_decay, frozen)
    all_grads = []
    for _ in range(4):
        for parameter in twin.parameters():
            parameter.grad = torch.randn(parameter.shape)
        all_grads.append(in_flax(twin, "grad", statistics=False))
        for parameter in twin.parameters():
            parameter.grad = parameter.grad if parameter.requires_grad else None  # as after backward()
        theirs.step()
    reading(inside.optimizer_steps, "optimizer.update(model, grads)")(mine, model, all_grads)


def at(tree, path):
    for part in path:
        tree = tree[part]
    return tree


def paths(tree, start=()):
    for name, value in tree.items():
        yield from paths(value, (*start, name)) if isinstance(value, dict) else [(*start, name)]


@pytest.mark.points(2)
def test_decay(learner, inside, reference, make, new_twin):
    """`make_optimizer` takes PyTorch's steps with AdamW: weight decay for all
    Params, except those with a name in `no_decay`.
    """
    cases = (
        ("Net", USUAL, 0.1),
        ("Net", [], 0.02),
        ("Net", ("bias", "gate", "fc1"), between(0.2, 0.5)),  # the last name of a path, and no other
        ("Nested", ["scale", "norm"], 0.3),  # a whole name, not that of bias_scale
        ("Nested", ("kernel", "bias"), 0.1),
    )
    for kind, no_decay, weight_decay in each(cases, "for a {} with no_decay {} and weight_decay {}"):
        twin = new_twin(kind)
        model, lr = make(twin), one_of(0.05, 0.2)
        stepped(learner, inside, reference, twin, model, lr, weight_decay, no_decay, ())
        mine, theirs = inside.params(model), in_flax(twin, statistics=False)
        for path in paths(theirs):
            # Adam divides small numbers by small numbers, so right steps drift apart.
            label = "params" + "".join(f"[{name!r}]" for name in path)
            compare(at(mine, path), at(theirs, path), f"{label} after 4 steps", tolerance=1e-4)


@pytest.mark.points(2)
def test_frozen(learner, inside, reference, make, new_twin):
    """What is `frozen` stays the same to the last bit; everything else trains,
    even a layer whose name begins like a frozen one's.
    """
    cases = (
        ("Net", ["fc1", "gate"]),
        ("Net", ("bn", "fc10")),
        ("Nested", ("body",)),
        ("Nested", ["head"]),  # an attribute of the model, and no other
        ("Net", ("fc1", "bn", "gate", "fc10")),
    )
    for kind, frozen in each(cases, "for a {} with frozen {}"):
        twin = new_twin(kind)
        model, before = make(twin), in_flax(twin, statistics=False)
        stepped(learner, inside, reference, twin, model, 0.1, 0.1, USUAL, frozen)
        mine, theirs = inside.params(model), in_flax(twin, statistics=False)
        for path in paths(theirs):
            label = "params" + "".join(f"[{name!r}]" for name in path)
            if path[0] in frozen:
                compare(
                    at(mine, path),
                    at(before, path),
                    f"{label}, frozen, after 4 steps",
                    tolerance=0,
                    reference="the model before",
                )
            else:
                compare(at(mine, path), at(theirs, path), f"{label} after 4 steps", tolerance=1e-4)


def test_average_begins(learner, inside, make, new_twin):
    """`make_average` returns a model with the same numbers, in boxes and arrays
    of its own: training and donating `model` leave it as it is.
    """
    for kind in each(("Net", "Nested"), "for a {}"):
        twin, trained = new_twin(kind), new_twin(kind)
        model = make(twin)
        average = named(learner.make_average(model), "average")
        compare(inside.numbers(average), in_flax(twin), "make_average(model)")
        before = fetch(inside.everything(average))
        inside.draw(model)
        unchanged(before, fetch(inside.everything(average)), "average")
        inside.fill(model, in_flax(trained))
        compare(
            inside.numbers(average), in_flax(twin), "make_average(model) after model was trained", reference="model at its time"
        )
        other = named(learner.make_average(model), "average")
        before = fetch(inside.rest(other))
        reading(inside.donated, "a compiled step that donates model")(model)
        label = "make_average(model) after a step with donate_argnums"
        compare(reading(inside.numbers, label)(other), in_flax(trained), label, reference="model at its time")
        compare(reading(inside.rest, label)(other), before, f"Variables of other kinds of {label}", reference="before, it")


@pytest.mark.points(2)
def test_average(learner, inside, reference, make, new_twin):
    """`update_average` follows AveragedModel, update by update, and leaves
    `model` as it is, and the average boxes and arrays of its own; under
    `nnx.jit` too.
    """
    cases = (
        ("Net", between(0.5, 0.7), ""),
        ("Nested", 0.99, ""),
        ("Net", between(0.8, 0.9), ", under nnx.jit"),
        ("Net", 0.6, ", which is a layer of another model"),
    )
    for kind, decay, where in cases:
        with when(f"for a {kind} with decay {decay}{where}"):
            twin = new_twin(kind)
            theirs = reference.torch_average(twin, decay)
            theirs.update_parameters(twin)
            model, average = make(twin), named(inside.net(SIZES, 0.0, in_flax(twin)), "average")
            rest = fetch(inside.rest(average))
            for count in range(1, 4):
                for tensor in (*twin.parameters(), *twin.buffers()):
                    if tensor.is_floating_point():
                        tensor.data += torch.rand(tensor.shape)
                theirs.update_parameters(twin)
                inside.fill(model, in_flax(twin))
                inside.draw(model)
                if "jit" in where:
                    reading(inside.jitted_average, "update_average")(learner.update_average, average, model, decay)
                elif "layer" in where:
                    learner.update_average(inside.within(average), inside.within(model), decay)
                else:
                    learner.update_average(average, model, decay)
                compare(inside.numbers(average), in_flax(theirs.module), f"average after update {count}")
            compare(inside.numbers(model), in_flax(twin), "model after update_average", tolerance=0, reference="model before")
            compare(inside.rest(average), rest, "what else is in average", tolerance=0, reference="before, it")
            reading(inside.donated, "a compiled step that donates model")(model)
            label = "average after a step on model with donate_argnums"
            compare(reading(inside.numbers, label)(average), in_flax(theirs.module), label, reference="average before")


@pytest.mark.points(3)
def test_training(learner, inside, reference, make, new_twin):
    """Steps of `train_step` give PyTorch's losses, weights and average, with
    frozen layers and parameters without decay.
    """
    cases = (
        ("Net", 0.9, 0.05, 0.1, USUAL, ("fc1",), 6),
        ("Nested", 0.6, 0.1, 0.3, ("bias",), (), 6),
        ("Net", 0.8, 0.02, 0.3, ("kernel",), ("gate",), 2),
    )
    for kind, decay, lr, weight_decay, no_decay, frozen, steps in cases:
        with when(f"for a {kind} with decay {decay} and frozen {frozen}, and an average of other weights"):
            twin, other = new_twin(kind), new_twin(kind)
            model = make(twin)
            average = named(learner.make_average(make(other)), "average")
            optimizer = learner.make_optimizer(model, lr, weight_decay, no_decay, frozen)
            learner.make_optimizer(make(new_twin(kind)), 0.5, 0.5, (), ("head", "bn"))  # one that is not used
            theirs = reference.torch_optimizer(twin, lr, weight_decay, no_decay, frozen)
            their_average = reference.torch_average(other, decay)
            their_average.update_parameters(other)
            learner.update_average(learner.make_average(model), model, decay)  # one that is not used: model stays as it is
            mine, right, some = [], [], batches(steps, 8 if kind == "Net" else 5)
            if kind == "Nested":
                some[-2:] = [(5 * x, y) for x, y in some[-2:]]
                some[-2:] = [(x.int(), y.int()) for x, y in some[-2:]]
            for x, y in some:
                mine.append(fetch(learner.train_step(model, optimizer, average, decay, x, y)))
                right.append(reference.torch_step(twin, theirs, x.float(), y.float()))
                their_average.update_parameters(twin)
            after = f"after {steps} steps" + (", the last two with int32" if kind == "Nested" else "")
            curve(mine, right, f"the losses {after}")
            compare(inside.without_var(model), without_var(in_flax(twin)), f"model {after}", tolerance=1e-4)
            their_numbers = without_var(in_flax(their_average.module))
            compare(inside.without_var(average), their_numbers, f"average {after}", tolerance=1e-4)
            if kind == "Net":
                var, of_model = inside.numbers(average)["bn"]["var"], fetch(inside.numbers(model)["bn"]["var"])
                compare(var, of_model, f"the running variance of average {after}", reference="model")


def test_train_mode(learner, inside, reference, make, new_twin):
    """`train_step` runs in train mode: Dropout drops, with masks of its own in
    each step, and BatchNorm computes with the batch and moves its statistics.
    A layer in eval mode stays in it.
    """
    twin = new_twin(rate=1.0)  # it drops everything, so its masks need no draw
    model = make(twin, 1.0)
    average, optimizer = learner.make_average(model), learner.make_optimizer(model, 0.1, 0.1, USUAL, ())
    theirs = reference.torch_optimizer(twin, 0.1, 0.1, USUAL, ())
    for count, (x, y) in enumerate(batches(2), 1):
        loss = learner.train_step(model, optimizer, average, 0.9, x, y)
        compare(loss, torch.tensor(reference.torch_step(twin, theirs, x, y)), f"the loss of step {count} with dropout of 1.0")
    compare(inside.numbers(model)["bn"]["mean"], twin.bn.running_mean, "the running mean of model after 2 steps")
    with when("with BatchNorm in eval mode, as in fine-tuning"):
        twin = new_twin()
        twin.bn.eval()
        model, (x, y) = make(twin), batches(1)[0]
        inside.set_modes(model, True, False)
        average, optimizer = learner.make_average(model), learner.make_optimizer(model, 0.1, 0.1, USUAL, ())
        theirs = reference.torch_optimizer(twin, 0.1, 0.1, USUAL, ())
        loss = learner.train_step(model, optimizer, average, 0.9, x, y)
        compare(loss, torch.tensor(reference.torch_step(twin, theirs, x, y)), "the loss of train_step")
        compare(inside.numbers(model)["bn"]["mean"], twin.bn.running_mean, "the running mean of model after a step")
        words = "train_step changed the mode of layers: BatchNorm alone was in eval mode before."
        expect(fetch(inside.modes(model)) == {"bn": True, "dropout": False}, "the mode of model after train_step", words)
    with when("with dropout of 0.5, all layers frozen and the same batch again"):
        model, (x, y) = make(new_twin(rate=0.5), 0.5), batches(1)[0]
        average = learner.make_average(model)
        optimizer = learner.make_optimizer(model, 0.1, 0.1, USUAL, ("fc1", "bn", "gate", "fc10"))
        losses = [fetch(learner.train_step(model, optimizer, average, 0.9, x, y)).value.item() for _ in range(4)]
        words = "Two steps of train_step have the same loss: Dropout had the same masks in both."
        expect(len(set(losses)) == len(losses), "the losses of the steps", words)


def test_donated(learner, inside, make, new_twin):
    """`train_step` donates the arrays of model, optimizer and average, and
    neither `x` nor `y`.
    """
    model = make(new_twin())
    average, optimizer = learner.make_average(model), learner.make_optimizer(model, 0.1, 0.1, USUAL, ())
    rows = 7  # a shape that is not compiled yet: JAX warns as it compiles
    x, y = (named(inside.held(tensor), name) for tensor, name in zip(batches(1, rows)[0], "xy", strict=True))
    before = fetch(x), fetch(y)
    held = inside.arrays(model, optimizer, average)
    step = reading(inside.unusable, "train_step(model, optimizer, average, decay, x, y)")
    warned = " ".join(fetch(step(learner.train_step, model, optimizer, average, 0.9, x, y)))
    for name, gone in zip(("model", "optimizer", "average"), fetch(inside.deleted(held)), strict=True):
        expect(gone, f"the old arrays of {name}", f"The arrays that {name} held before train_step are still there.")
    for name, tensor, old in zip("xy", (x, y), before, strict=True):
        unchanged(old, fetch(tensor), name)
    for name, shape in (("x", f"float32[{rows},4]"), ("y", f"float32[{rows},3]")):
        words = f"train_step donates {name}: JAX warned that donated buffers were not usable, among them {shape}."
        expect(shape not in warned, f"whether {name} is donated", words)


def test_compiled(learner, inside, make, new_twin):
    """`train_step` traces the model once for steps of one shape, even with a
    different decay.
    """
    model = make(new_twin())
    average, optimizer = learner.make_average(model), learner.make_optimizer(model, 0.1, 0.1, USUAL, ())
    counts = []
    for decay, (x, y) in zip((0.9, 0.9, 0.9, 0.9, 0.8, 0.7), batches(6), strict=True):
        learner.train_step(model, optimizer, average, decay, x, y)
        counts.append(fetch(inside.traces()))
    for steps, which, count in (
        ("3 and 4", "with the same decay", counts[3] - counts[1]),
        ("5 and 6", "each with a new decay", counts[5] - counts[3]),
    ):
        words = f"In the steps {steps}, {which}, train_step ran the model's code {count} times; compiled once, it does not."
        expect(count == 0, f"traces in the steps {which}", words)


@pytest.mark.points(2)
def test_evaluate(learner, inside, reference, make, new_twin):
    """`evaluate` gives PyTorch's loss in eval mode, and changes nothing in the
    model: no number, no draw, and not the mode of a layer.
    """
    cases = (
        ("Net", 8, "train mode"),
        ("Net", 1, "eval mode"),
        ("Net", 8, "BatchNorm alone in eval mode"),
        ("Net", 1, "Dropout alone in eval mode"),
        ("Nested", 5, "no mode"),
        ("Net", 8, "Dropout alone in eval mode, which is a layer of another model"),
        ("Net", 8, "train mode, behind an nnx.MultiHeadAttention with dropout"),
        ("Net", 8, "train mode, behind an nnx.MultiHeadAttention whose mode is not set"),
    )
    for kind, rows, mode in each(cases, "for a {}, a batch of {} and {}"):
        twin = new_twin(kind, 0.5)
        model = make(twin, 0.5)
        if kind == "Net":
            inside.set_modes(model, mode == "eval mode" or "BatchNorm" in mode, mode == "eval mode" or "Dropout" in mode)
        before, modes = fetch(inside.everything(model)), kind == "Net" and fetch(inside.modes(model))
        for x, y in batches(2, rows):
            given, seen = model, x
            if "layer" in mode:
                given = named(inside.within(model), "model")
            elif "Attention" in mode:
                before_it = None if "not set" in mode else False
                given = named(inside.attending(model, SIZES[0], before_it), "model")
                seen = torch.nn.functional.scaled_dot_product_attention(x, x, x)
            compare(learner.evaluate(given, x, y), reference.torch_evaluate(twin, seen, y), "evaluate(model, x, y)")
            if "Attention" in mode:
                found = fetch(inside.deterministic(given))
                words = f"`deterministic` of the attention is {found} after evaluate(model, x, y); it was {before_it} before."
                expect(found == str(before_it), "the mode of the attention after evaluate", words, (), found)
        unchanged(before, fetch(inside.everything(model)), "model")
        if modes:
            words = f"evaluate(model, x, y) changed the mode of layers: model had {mode} before."
            expect(fetch(inside.modes(model)) == modes, "the mode of model after evaluate", words)


def test_beside(learner, inside, reference, make, new_twin):
    """`evaluate` of model and average beside a run gives PyTorch's losses, and
    the run goes on in train mode.
    """
    twin, frozen = new_twin(), ["gate", "bn"]  # the statistics of what is frozen move
    model = make(twin)
    average, optimizer = learner.make_average(model), learner.make_optimizer(model, 0.1, 0.1, USUAL, frozen)
    theirs, their_average = reference.torch_optimizer(twin, 0.1, 0.1, USUAL, frozen), reference.torch_average(twin, 0.7)
    their_average.update_parameters(twin)
    learner.update_average(learner.make_average(model), model, 0.7)  # one that is not used: model stays as it is
    x, y = batches(1)[0]
    for count, (rows, targets) in enumerate(batches(3), 1):
        loss = learner.train_step(model, optimizer, average, 0.7, rows, targets)
        compare(
            loss, torch.tensor(reference.torch_step(twin, theirs, rows, targets)), f"the loss of step {count}", tolerance=1e-4
        )
        their_average.update_parameters(twin)
        for name, mine, right in (("model", model, twin), ("average", average, their_average.module)):
            with torch.no_grad():  # Flax's variance is the biased one
                right.bn.running_var.copy_(torch.from_numpy(fetch(inside.numbers(model)["bn"]["var"]).value))
            expected = reference.torch_evaluate(right, x, y)
            compare(learner.evaluate(mine, x, y), expected, f"evaluate({name}, x, y) after step {count}", tolerance=1e-4)
