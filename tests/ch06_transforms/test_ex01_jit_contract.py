"""Graded checks of 6.1 jit_contract."""

import pytest
import torch

from flaxkata.checks import as_numpy, between, compare, curve, each, expect, fetch, named, reading, unchanged, when

LEARNED = "under jit, Python runs once per trace, only the arguments are watched, and what is donated is gone."

HINTS = (
    "torch.compile handles Python's side effects, attributes and flags; jax.jit handles only arrays. Split each function: "
    "arrays in, arrays out under jit, and Python around it. Which arrays are still needed after a step, and which are not?",
    "`@partial(jax.jit, donate_argnums=(0, 1))` on an inner function that also returns the loss; "
    "`jax.tree.map(jnp.copy, tree)` for what must outlive a step; `static_argnums=2` for the flag.",
    "make_step: def step(params, state, x, y) calls the compiled update(params, state, x, y), then log(loss). history: keep "
    "params, go on with copies of params and state, and append a copy of params after each step. make_predict: "
    "jax.jit(forward, static_argnums=2).",
)

WORDS = {"torch.compile": "jax.jit"}

OLDER = {"jax.xla_computation": "jax.jit", "jax.experimental.host_callback": "jax.debug.callback"}


def in_flax(weights, deep=False):
    """A copy of TorchMLP's state_dict in Flax's layout; with `deep`, nested
    deeper.
    """
    layers = ("fc1", "fc2")
    found = {n: {"kernel": weights[f"{n}.weight"].T.clone(), "bias": weights[f"{n}.bias"].clone()} for n in layers}
    return {"net": {"layers": found}} if deep else found


def batches(sizes):
    """Something to learn: y is a linear function of x."""
    teacher = torch.randn(4, 3)
    return [(x, x @ teacher) for x in (torch.randn(n, 4) for n in sizes)]


@pytest.fixture
def twin(reference):
    return reference.TorchMLP(4, 6, 3)


@pytest.fixture
def give(jax, inside):
    """A function that puts the twin's params and the optimizer's first state
    into the other room.
    """

    def make(twin, deep=False):
        params = named(jax.tree.map(jax.numpy.asarray, in_flax(twin.state_dict(), deep)), "params")
        return params, named(inside.sgd().init(params), "state")

    return make


def torch_training(reference, twin, lr=0.1, decay=0.01):
    """PyTorch's step, and the losses that it logs."""
    losses = []
    optimizer = torch.optim.SGD(twin.parameters(), lr=lr, momentum=0.9, weight_decay=decay)
    return reference.torch_make_step(twin, optimizer, losses.append), losses


def logged(log, steps):
    """The losses that were logged, or None if there was not one per step."""
    losses, tracers = fetch(log.losses()), fetch(log.tracers)
    if tracers:
        words = f"Calls of log in {steps} steps: {tracers} with a tracer, which has no value, and {len(losses)} with a loss."
    else:
        words = f"log was called {len(losses)} times in {steps} steps; call it once after each step."
    if not expect(not tracers and len(losses) == steps, "what the step logs", words, [tracers, len(losses)]):
        return None
    shape = getattr(losses[0], "shape", ())
    expect(shape == (), "the shape of what the step logs", f"log was called with an array of shape {shape}; expected ().")
    return losses


@pytest.mark.points(2)
def test_log(learner, inside, reference):
    """The step that `make_step` returns trains as PyTorch's does, returns two
    values, and logs every loss as a number.
    """
    training = reading(inside.train, "training with step")
    loss_fn, made = named(inside.Loss(), "loss_fn"), []
    cases = ((between(0.05, 0.15), between(0.1, 0.3), "flat"), (between(0.2, 0.3), between(0.01, 0.05), "nested"))
    for lr, decay, _ in cases:  # both steps are made before one is called
        tx, log = named(inside.sgd(lr, decay), "tx"), named(inside.Log(), "log")
        made.append((tx, log, named(learner.make_step(loss_fn, tx, log), "step")))
    for (lr, decay, tree), (tx, log, step) in zip(
        each(cases, "with lr {} and weight decay {} in tx, and {} params"), made, strict=True
    ):
        deep = tree == "nested"
        twin, some = reference.TorchMLP(4, 6, 3), batches([5 if deep else 16] * 12)
        params, counts = fetch(training(step, tx, in_flax(twin.state_dict(), deep), some))
        words = f"step(params, state, x, y) returned {counts[0]} values; expected 2, the new params and the new state."
        expect(set(counts) == {2}, "what the step returns", words, counts)
        torch_step, theirs = torch_training(reference, twin, lr, decay)
        for x, y in some:
            torch_step(x, y)
        if (losses := logged(log, len(some))) is not None:
            curve(losses, theirs, "losses that the step of make_step(...) logged")
        # What two ways of rounding make of it grows with each step.
        compare(params, in_flax(twin.state_dict(), deep), f"params after {len(some)} steps", tolerance=5e-5)
    with when("in a second run with the same step, from new params and a new state, and with small losses"):
        twin = reference.TorchMLP(4, 6, 3)
        near = [(x, twin(x).detach() + torch.randn(y.shape) / 100) for x, y in some[:4]]
        params, _ = fetch(training(step, tx, in_flax(twin.state_dict(), deep), near))
        torch_step, theirs = torch_training(reference, twin, lr, decay)
        for x, y in near:
            torch_step(x, y)
        if losses is not None and (losses := logged(log, len(some) + len(near))) is not None:
            curve(losses[len(some) :], theirs, "losses that the step of make_step(...) logged", tolerance=1e-6)
        compare(params, in_flax(twin.state_dict(), deep), f"params after {len(near)} steps", tolerance=5e-5)
    with when("in two more steps, with a loss of inf and one of NaN"):
        twin, worst = reference.TorchMLP(4, 6, 3), [(x, torch.full_like(y, torch.inf)) for x, y in some[:2]]
        training(step, tx, in_flax(twin.state_dict(), deep), worst)
        torch_step, theirs = torch_training(reference, twin, lr, decay)
        for x, y in worst:
            torch_step(x, y)
        if losses is not None and (losses := logged(log, len(some) + len(near) + 2)) is not None:
            compare(
                [float(as_numpy(loss)) for loss in losses[-2:]], theirs, "the losses that the step of make_step(...) logged"
            )


def test_step_traced(learner, inside, twin):
    """The step that `make_step` returns traces loss_fn once for each shape of
    the batches, and passes x and y in the dtypes that they have.
    """
    some, loss_fn, tx = batches([16, 16, 5] * 4), named(inside.Loss(), "loss_fn"), named(inside.sgd(), "tx")
    some = [(x.bfloat16(), y.int()) if len(x) == 5 else (x, y) for x, y in some]
    step = named(learner.make_step(loss_fn, tx, inside.Log()), "step")
    reading(inside.train, "training with step")(step, tx, in_flax(twin.state_dict()), some)
    traced, run = fetch(loss_fn.traced), fetch(loss_fn.run)
    words = f"In {len(some)} steps with batches of two shapes, Python ran loss_fn {traced + run} times; one jax.jit traces it "
    # Twice per shape is right too: once for the loss, once for its gradient.
    expect(0 < traced <= 4 and not run, "how often the step runs loss_fn", f"{words}once for each shape.", [traced, run])
    taken = fetch(loss_fn.dtypes(5))
    words = f"For x of bfloat16 and y of int32, loss_fn got {' and '.join(taken)}."
    expect(taken == ["bfloat16", "int32"], "the dtypes that loss_fn gets", words, (), str(taken))


def test_donated(learner, inside, twin, give):
    """The step that `make_step` returns donates the arrays of the params and
    the state that it takes, and neither x nor y.
    """
    params, state = give(twin)
    call, rows = "step(params, state, x, y)", 16
    ((x, y),) = batches([rows])
    step = named(learner.make_step(inside.Loss(), inside.sgd(), inside.Log()), "step")
    warned = " ".join(fetch(reading(inside.unusable, call)(step, params, state, x, y)))
    for name, tree in (("params", params), ("state", state)):
        words = f"After {call}, the arrays of the old {name} still take up memory: they were not donated."
        expect(all(fetch(inside.gone(tree))), f"{name} after {call}", words)
    for name, shape in (("x", f"float32[{rows},4]"), ("y", f"float32[{rows},3]")):
        words = f"{call} donates {name}: JAX warned that donated buffers were not usable, among them {shape}."
        expect(shape not in warned, f"whether {name} is donated", words)


@pytest.mark.points(2)
def test_history(learner, inside, reference, give):
    """`history` keeps the params of every step, like deep copies of PyTorch's
    state_dict.
    """
    for sizes, tree in each((([16] * 4, "flat"), ([5] * 2, "nested"), ([], "flat")), "with batches of {} rows and {} params"):
        deep, twin, some = tree == "nested", reference.TorchMLP(4, 6, 3), batches(sizes)
        kept = named(learner.history(inside.donating_step, *give(twin, deep), some), "history(...)")
        gone = fetch(inside.entries_gone(kept))
        words = f"{sum(gone)} of the {len(gone)} entries of history(...) were donated to a later step: Array has been deleted."
        if expect(not any(gone), "the entries of history(...)", words, gone):
            theirs = reference.torch_history(twin, torch_training(reference, twin)[0], some)
            words = f"history(...) has {len(gone)} entries; expected {len(theirs)}: before the first step and after each."
            if expect(len(gone) == len(theirs), "the number of entries of history(...)", words, len(gone)):
                expected = [in_flax(w, deep) for w in theirs]
                compare(kept, expected, "history(...)", kinds=("jax.Array", "numpy.ndarray"))
    with when("with arrays of bfloat16, int32 and bool in params, and of bool in the state"):
        weight, due, frozen = torch.randn(3).bfloat16(), torch.tensor([True, False, True]), torch.tensor([False, True, True])
        expected = [
            {"weight": torch.where(due, weight * 2**i, weight), "steps": torch.tensor(i).int(), "frozen": frozen}
            for i in range(3)
        ]
        kept = learner.history(inside.doubling_step, inside.kept(expected[0]), inside.kept(due), batches([5] * 2))
        compare(kept, expected, "history(...)", kinds=("jax.Array", "numpy.ndarray"))


def test_given(learner, inside, twin, give):
    """The params, the state and the batches passed to `history` can be used
    afterwards.
    """
    given, some = give(twin), batches([16] * 4)
    before, theirs = [fetch(tree) for tree in given], named(inside.kept(some), "batches")
    learner.history(inside.donating_step, *given, theirs)
    for name, tree, old in zip(("params", "state"), given, before, strict=True):
        lost, count = fetch(inside.lost(tree)), len(fetch(inside.gone(tree)))
        words = f"history(step, params, state, batches) let the first step donate {name}: {len(lost)} of {count} arrays "
        words += f"({', '.join(sorted(set(lost)))}) can no longer be used."
        if expect(not lost, f"{name} after history(...)", words, len(lost)):
            unchanged(old, fetch(tree), name)
    left = len(fetch(theirs))
    words = f"The list of batches passed to history(...) has {left} entries afterwards; before, it had {len(some)}."
    expect(left == len(some), "batches after history(...)", words, left)


@pytest.fixture
def net(reference):
    """A function that makes a TorchNet with statistics, and its params in
    Flax's layout.
    """

    def make():
        twin = reference.TorchNet(4, 3)
        with torch.no_grad():
            for tensor in (twin.bn.weight, twin.bn.bias, twin.bn.running_mean):
                tensor.copy_(torch.randn(4))
            twin.bn.running_var.copy_(torch.rand(4) + 0.5)
        bn = {"scale": twin.bn.weight, "bias": twin.bn.bias, "mean": twin.bn.running_mean, "var": twin.bn.running_var}
        bn = {name: tensor.detach().clone() for name, tensor in bn.items()}
        return twin, {"bn": bn, "fc": {"kernel": twin.fc.weight.detach().T, "bias": twin.fc.bias.detach()}}

    return make


def test_modes(learner, inside, reference, net):
    """The function that `make_predict` returns gives PyTorch's numbers and
    gradients in each mode, even after the mode, the params or x have changed.
    """
    predict = named(learner.make_predict(inside.Forward()), "predict")
    for _, train, rows in each(
        ((1, True, 8), (2, False, 8), (3, True, 8), (4, False, 1)), "in call {} with train={} and {} rows"
    ):
        twin, params = net()
        x = torch.randn(rows, 4)
        compare(predict(params, x, train), reference.torch_predict(twin, x, train), "predict(params, x, train)")
    for train in each((True, False), "with train={}"):
        twin, params = net()
        x, cotangent = torch.randn(8, 4, requires_grad=True), torch.randn(8, 3)
        mine = reading(inside.gradient, "the gradient of predict")(predict, params, x.detach(), train, cotangent)
        reference.torch_predict(twin, x, train).backward(cotangent)
        theirs = {
            "bn": {"scale": twin.bn.weight.grad, "bias": twin.bn.bias.grad},
            "fc": {"kernel": twin.fc.weight.grad.T, "bias": twin.fc.bias.grad},
        }
        compare(mine[0], theirs, "the gradient in params through predict(params, x, train)")
        compare(mine[1], x.grad, "the gradient in x through predict(params, x, train)")
    twin, params = net()
    predict = named(learner.make_predict(inside.Forward(pair=True)), "predict")
    with when("where forward returns the output, and with train=True also the mean that it subtracts"):
        alone = reference.torch_predict(twin, x := torch.randn(8, 4), False)
        compare(predict(params, x, False), alone, "predict(params, x, False)")
        pair = reference.torch_predict(twin, x, True), x.mean(0)
        compare(predict(params, x, True), pair, "predict(params, x, True)")
    twin, params = net()
    predict = named(learner.make_predict(inside.other_names), "predict")
    with when("where forward is `def forward(weights, images, training)`"):
        for train in (False, True):
            compare(predict(params, x, train), reference.torch_predict(twin, x, train), f"predict(params, x, {train})")


def test_predict_traced(learner, inside, net):
    """The function that `make_predict` returns traces forward once for each
    value of train.
    """
    _, params = net()
    forward = named(inside.Forward(), "forward")
    predict = named(learner.make_predict(forward), "predict")
    for train in (True, False) * 3:
        predict(params, torch.randn(8, 4), train)
    traced, run = fetch(forward.traced), fetch(forward.run)
    words = f"In 6 calls of predict, Python ran forward {traced + run} times"
    words += "; one jax.jit traces it once for train=True and once for train=False."
    expect(0 < traced <= 2 and not run, "how often predict runs forward", words, [traced, run])
