"""Graded checks of 6.1 jit_contract."""

import pytest
import torch

from flaxkata.checks import compare, curve, expect, fetch, named

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


def in_flax(weights):
    """A copy of TorchMLP's state_dict in Flax's layout."""
    layers = ("fc1", "fc2")
    return {n: {"kernel": weights[f"{n}.weight"].T.clone(), "bias": weights[f"{n}.bias"].clone()} for n in layers}


def batches(sizes):
    """Something to learn: y is a linear function of x."""
    teacher = torch.randn(4, 3)
    return [(x, x @ teacher) for x in (torch.randn(n, 4) for n in sizes)]


@pytest.fixture
def twin(reference):
    return reference.TorchMLP(4, 6, 3)


@pytest.fixture
def given(jax, inside, twin):
    """The twin's params and the optimizer's first state, in the other room."""
    params = named(jax.tree.map(jax.numpy.asarray, in_flax(twin.state_dict())), "params")
    return params, named(inside.sgd().init(params), "state")


@pytest.fixture
def torch_step(reference, twin):
    """PyTorch's step, and the losses that it logs."""
    losses = []
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.1, momentum=0.9)
    return reference.torch_make_step(twin, optimizer, losses.append), losses


@pytest.mark.points(2)
def test_log(learner, inside, twin, torch_step):
    """The step that `make_step` returns trains as PyTorch's does, and logs
    every loss as a number.
    """
    some, log = batches([16] * 12), named(inside.Log(), "log")
    step = named(learner.make_step(inside.Loss(), inside.sgd(), log), "step")
    inside.run(step, in_flax(twin.state_dict()), some)
    losses, tracers = fetch(log.losses()), fetch(log.tracers)
    words = f"Calls of log in {len(some)} steps: {tracers} with a tracer, which has no value, and {len(losses)} with a loss."
    if expect(not tracers, "what the step logs", words, [tracers, len(losses)]):
        torchs, theirs = torch_step
        for x, y in some:
            torchs(x, y)
        curve(losses, theirs, "losses that the step of make_step(...) logged")


def test_step_traced(learner, inside, twin):
    """The step that `make_step` returns traces loss_fn once for each shape of
    the batches.
    """
    some, loss_fn = batches([16, 16, 5] * 4), named(inside.Loss(), "loss_fn")
    inside.run(named(learner.make_step(loss_fn, inside.sgd(), inside.Log()), "step"), in_flax(twin.state_dict()), some)
    traced, run = fetch(loss_fn.traced), fetch(loss_fn.run)
    words = f"In {len(some)} steps with batches of two shapes, Python ran loss_fn {traced + run} times; one jax.jit traces it "
    # Twice per shape is right too: once for the loss, once for its gradient.
    expect(0 < traced <= 4 and not run, "how often the step runs loss_fn", f"{words}once for each shape.", [traced, run])


def test_donated(learner, inside, given):
    """The step that `make_step` returns donates the arrays of the params and
    the state that it takes.
    """
    params, state = given
    (x, y), *_ = batches([16])
    named(learner.make_step(inside.Loss(), inside.sgd(), inside.Log()), "step")(params, state, x, y)
    for name, tree in (("params", params), ("state", state)):
        words = f"After step(params, state, x, y), the arrays of the old {name} still take up memory: they were not donated."
        expect(all(fetch(inside.gone(tree))), f"{name} after step(params, state, x, y)", words)


@pytest.mark.points(2)
def test_history(learner, inside, reference, twin, torch_step, given):
    """`history` keeps the params of every step, like deep copies of PyTorch's
    state_dict.
    """
    some = batches([16] * 4)
    kept = named(learner.history(inside.donating_step, *given, some), "history(...)")
    gone = fetch(inside.entries_gone(kept))
    words = f"{sum(gone)} of the {len(gone)} entries of history(...) were donated to a later step: Array has been deleted."
    if expect(not any(gone), "the entries of history(...)", words, gone):
        theirs = reference.torch_history(twin, torch_step[0], some)
        compare(kept, [in_flax(w) for w in theirs], "history(...)", kinds=("jax.Array", "numpy.ndarray"))


def test_given(learner, inside, given):
    """The params and the state passed to `history` can be used afterwards."""
    learner.history(inside.donating_step, *given, batches([16] * 4))
    for name, tree in zip(("params", "state"), given, strict=True):
        words = f"After history(step, params, state, batches), {name} is gone: its arrays were donated to the first step."
        expect(not any(fetch(inside.gone(tree))), f"{name} after history(...)", words)


@pytest.fixture
def net(reference):
    """A TorchNet with statistics, and its params in Flax's layout."""
    twin = reference.TorchNet(4, 3)
    with torch.no_grad():
        for tensor in (twin.bn.weight, twin.bn.bias, twin.bn.running_mean):
            tensor.copy_(torch.randn(4))
        twin.bn.running_var.copy_(torch.rand(4) + 0.5)
    bn = {"scale": twin.bn.weight, "bias": twin.bn.bias, "mean": twin.bn.running_mean, "var": twin.bn.running_var}
    bn = {name: tensor.detach().clone() for name, tensor in bn.items()}
    return twin, {"bn": bn, "fc": {"kernel": twin.fc.weight.detach().T, "bias": twin.fc.bias.detach()}}


def test_modes(learner, inside, reference, net):
    """The function that `make_predict` returns gives PyTorch's numbers in each
    mode, even after the mode has changed.
    """
    twin, params = net
    x = torch.randn(8, 4)
    theirs = {train: reference.torch_predict(twin, x, train) for train in (False, True)}  # True moves the statistics
    predict = named(learner.make_predict(inside.Forward()), "predict")
    for count, train in enumerate((True, False, True), 1):
        compare(predict(params, x, train), theirs[train], f"call {count}, predict(params, x, train={train}),")


def test_predict_traced(learner, inside, net):
    """The function that `make_predict` returns traces forward once for each
    value of train.
    """
    _, params = net
    forward = named(inside.Forward(), "forward")
    predict = named(learner.make_predict(forward), "predict")
    for train in (True, False) * 3:
        predict(params, torch.randn(8, 4), train)
    traced, run = fetch(forward.traced), fetch(forward.run)
    words = f"In 6 calls of predict, Python ran forward {traced + run} times"
    words += "; one jax.jit traces it once for train=True and once for train=False."
    expect(0 < traced <= 2 and not run, "how often predict runs forward", words, [traced, run])
