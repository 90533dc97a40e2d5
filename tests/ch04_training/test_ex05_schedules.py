"""Graded checks of 4.5 schedules."""

import warnings

import pytest
import torch

from flaxkata.checks import between, compare, curve, each, fetch, named, reading, unchanged, when

LEARNED = "a schedule is a function of the number of updates; clipping scales all gradients by one factor."

HINTS = (
    "A schedule is the scheduler's lr as a function of the number of updates done. The norm of clip_grad_norm_ is that of one "
    "long vector with all gradients in it.",
    "Use `optax.exponential_decay` with `staircase=True`, `optax.warmup_cosine_decay_schedule`, and for the clipping "
    "`optax.global_norm(grads)` with `jnp.minimum` and `jax.tree.map`.",
    "optax.exponential_decay(lr, step_size, gamma, staircase=True). optax.warmup_cosine_decay_schedule(0.0, lr, warmup, "
    "total). For clip, factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6)); multiply every leaf by it.",
)

WORDS = {
    "torch.optim.lr_scheduler.StepLR": "optax.exponential_decay",
    "torch.optim.lr_scheduler.CosineAnnealingLR": "optax.cosine_decay_schedule",
    "torch.nn.utils.clip_grad_norm_": "optax.clip_by_global_norm",
    "torch.nn.utils.clip_grad_value_": "optax.clip",
}

STEPS = 40


def optimizer(lr, parameters=None):
    """An optimizer for a scheduler to change."""
    return torch.optim.SGD(parameters or [torch.nn.Parameter(torch.zeros(1))], lr, momentum=0.9)


def expected(reference, name, lr, *settings, steps):
    theirs = optimizer(lr)
    scheduler = getattr(reference, f"torch_{name}")(theirs, *settings)
    return torch.tensor(reference.torch_rates(theirs, scheduler, steps))


def expected_at(reference, name, lr, *settings, steps):
    """The rates of these steps alone, however late they are."""
    theirs = optimizer(lr)
    scheduler, rates = getattr(reference, f"torch_{name}")(theirs, *settings), []
    for step in steps:
        with warnings.catch_warnings(action="ignore"):  # PyTorch would rather take each step
            scheduler.step(step)
        rates.append(theirs.param_groups[0]["lr"])
    return torch.tensor(rates)


@pytest.fixture
def same(learner, reference):
    """A function that compares a schedule's rates, for the steps from 0, with
    PyTorch's scheduler.
    """

    def check(rates_of, name, settings, steps, circumstance=""):
        schedule = getattr(learner, name)(*settings)
        theirs = expected(reference, name, *settings, steps=steps)
        label = f"{name}({', '.join(map(str, settings))}) for steps 0 to {steps - 1}{circumstance}"
        compare(reading(rates_of, f"the schedule {name}(...){circumstance}")(schedule, steps), theirs, label)

    return check


@pytest.fixture
def same_at(learner, inside, reference):
    """A function that does so for some steps. Small rates are compared as
    closely as large ones.
    """

    def check(name, settings, *steps):
        schedule = getattr(learner, name)(*settings)
        theirs = expected_at(reference, name, *settings, steps=steps)
        label = f"{name}({', '.join(map(str, settings))}) for the steps {', '.join(map(str, steps))}"
        mine = reading(inside.rates_at, f"the schedule {name}(...)")(schedule, list(steps))
        compare(mine, theirs, label, tolerance=1e-5 * min(1.0, theirs.max().item()))

    return check


def test_step_lr(inside, same, same_at):
    """`step_lr` gives StepLR's learning rate at every step, even at late steps
    and after many falls.
    """
    same(inside.rates, "step_lr", (2.0, 3, 0.5), 11)
    same(inside.rates, "step_lr", (between(0.5, 0.9), 4, between(0.6, 0.8)), 19)
    same(inside.rates, "step_lr", (3.0, 1, 0.7), 16)
    same(inside.rates, "step_lr", (2.0, 2, 0.98), 120)  # it goes on falling
    same(inside.rates, "step_lr", (0.1, 2, between(1.1, 1.5)), 11)
    same_at("step_lr", (2.0, 3, 0.1), 27, 29, 30)
    same_at("step_lr", (2.0, 65536, 0.5), 65535, 65536, 131071, 131072)


def test_warmup_cosine(inside, same, same_at):
    """`warmup_cosine` starts at 0, reaches lr after `warmup` steps and 0 at
    `total`, as in PyTorch.
    """
    same(inside.rates, "warmup_cosine", (2.0, 4, 12), 13)
    same(inside.rates, "warmup_cosine", (between(0.5, 0.9), 7, 10), 11)
    same(inside.rates, "warmup_cosine", (3.0, 1, 6), 7)
    same_at("warmup_cosine", (3e-9, 4, 12), 1, 4, 10, 12)
    same_at("warmup_cosine", (2.0, 20000, 100000), 10000, 20000, 60000, 100000)


def test_compiled(inside, same):
    """The schedules of `step_lr` and `warmup_cosine` work in compiled code,
    where optax calls them.
    """
    same(inside.compiled_rates, "step_lr", (2.0, 3, 0.5), 11, " under jax.jit")
    same(inside.compiled_rates, "warmup_cosine", (2.0, 4, 12), 13, " under jax.jit")


@pytest.fixture
def twin(reference):
    """A TorchMLP with gradients; each is larger than the one before, so that
    their norms differ.
    """
    twin = reference.TorchMLP(4, 6, 3)
    for i, p in enumerate(twin.parameters()):
        p.data = torch.randn(p.shape)
        p.grad = (i + 1) * torch.randn(p.shape)
    return twin


def in_flax(twin, what):
    """The twin's "data" or "grad" in Flax's layout."""
    pick = {n: (getattr(m.weight, what), getattr(m.bias, what)) for n, m in twin.named_children()}
    return {n: {"kernel": weight.T.clone(), "bias": bias.clone()} for n, (weight, bias) in pick.items()}


@pytest.mark.points(2)
def test_clip(learner, jax, reference, twin):
    """`clip` scales all `grads` by one factor where clip_grad_norm_ does, and
    leaves small ones as they are.
    """
    given = [p.grad for p in twin.parameters()]
    for max_norm in each((1.5, between(3, 4), 0.01, 1000.0, 0.0), "with max_norm {}"):
        for p, grad in zip(twin.parameters(), given, strict=True):
            p.grad = grad.clone()
        grads = named(jax.tree.map(jax.numpy.asarray, in_flax(twin, "grad")), "grads")
        before = fetch(grads)
        result = learner.clip(grads, max_norm)
        reference.torch_clip(twin, max_norm)
        compare(result, in_flax(twin, "grad"), "clip(grads, max_norm)")
        unchanged(before, fetch(grads), "grads")
    with when("with gradients that are all 0"):
        zeros = {"fc1": {"kernel": torch.zeros(4, 3), "bias": torch.zeros(3)}}
        compare(learner.clip(zeros, 1.5), zeros, "clip(grads, 1.5)")
    with when("with a scalar, and a 3-D array in a layer called 'block_1.0/conv'"):
        grads, clipped = scalar_and_cube(1.0)
        compare(learner.clip(grads, 1.0), clipped, "clip(grads, 1.0)")


def scalar_and_cube(max_norm):
    """Gradients of the norms 3 and 4, so 5 together; and what clip_grad_norm_
    makes of them.
    """
    scale, cube = torch.nn.Parameter(torch.zeros(())), torch.nn.Parameter(torch.zeros(1, 2, 2))
    scale.grad, cube.grad = torch.tensor(3.0), torch.full((1, 2, 2), 2.0)
    grads = {"norm": {"scale": scale.grad.clone()}, "block_1.0/conv": {"kernel": cube.grad.clone()}}
    torch.nn.utils.clip_grad_norm_([scale, cube], max_norm)
    return grads, {"norm": {"scale": scale.grad}, "block_1.0/conv": {"kernel": cube.grad}}


def test_train(learner, inside, reference, twin):
    """Training with your `warmup_cosine` and `clip` gives PyTorch's losses."""
    lr, max_norm = between(0.25, 0.35), between(0.45, 0.55)
    params, xs = in_flax(twin, "data"), torch.randn(STEPS, 64, 4)
    ys = xs @ torch.randn(4, 3)
    training = reading(inside.losses, "training with warmup_cosine and clip")
    mine = training(learner.warmup_cosine(lr, 10, STEPS), learner.clip, max_norm, params, xs, ys)
    ours = optimizer(lr, list(twin.parameters()))
    scheduler, theirs = reference.torch_warmup_cosine(ours, 10, STEPS), []
    for x, y in zip(xs, ys, strict=True):
        loss = torch.nn.functional.mse_loss(twin(x), y)
        ours.zero_grad()
        loss.backward()
        reference.torch_clip(twin, max_norm)
        ours.step()
        scheduler.step()
        theirs.append(loss.item())
    curve(mine, theirs, "losses with warmup_cosine and clip")
