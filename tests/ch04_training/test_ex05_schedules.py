"""Graded checks of 4.5 schedules."""

import pytest
import torch

from flaxkata.checks import compare, curve, fetch, named, unchanged

LEARNED = "a schedule is a function of the number of updates; clipping scales all gradients by one factor."

HINTS = (
    "A schedule is the scheduler's lr as a function of the number of updates done. The norm of clip_grad_norm_ is that of one "
    "long vector with all gradients in it.",
    "Use `optax.exponential_decay` with `staircase=True`, `optax.warmup_cosine_decay_schedule`, and for the clipping "
    "`optax.global_norm(grads)` with `jnp.minimum` and `jax.tree.map`.",
    "optax.exponential_decay(lr, step_size, gamma, staircase=True). optax.warmup_cosine_decay_schedule(0.0, lr, warmup, "
    "total). For clip, factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6)); multiply every leaf by it.",
)

STEPS = 40


def optimizer(lr, parameters=None):
    """An optimizer for a scheduler to change."""
    return torch.optim.SGD(parameters or [torch.nn.Parameter(torch.zeros(1))], lr, momentum=0.9)


def expected(reference, name, lr, *settings, steps):
    theirs = optimizer(lr)
    scheduler = getattr(reference, f"torch_{name}")(theirs, *settings)
    return torch.tensor(reference.torch_rates(theirs, scheduler, steps))


def test_step_lr(learner, inside, reference):
    """`step_lr` gives StepLR's learning rate at every step."""
    rates = inside.rates(learner.step_lr(2.0, 3, 0.5), 11)
    compare(rates, expected(reference, "step_lr", 2.0, 3, 0.5, steps=11), "step_lr(2.0, 3, 0.5) for steps 0 to 10")


def test_warmup_cosine(learner, inside, reference):
    """`warmup_cosine` starts at 0, reaches lr after `warmup` steps and 0 at
    `total`, as in PyTorch.
    """
    rates = inside.rates(learner.warmup_cosine(2.0, 4, 12), 13)
    label = "warmup_cosine(2.0, 4, 12) for steps 0 to 12"
    compare(rates, expected(reference, "warmup_cosine", 2.0, 4, 12, steps=13), label)


def test_compiled(learner, inside, reference):
    """The schedules of `step_lr` and `warmup_cosine` work in compiled code,
    where optax calls them.
    """
    for name, settings, steps in (("step_lr", (3, 0.5), 11), ("warmup_cosine", (4, 12), 13)):
        schedule = named(getattr(learner, name)(2.0, *settings), f"{name}(...)")
        label = f"{name}(2.0, {settings[0]}, {settings[1]}) under jax.jit"
        compare(inside.compiled_rates(schedule, steps), expected(reference, name, 2.0, *settings, steps=steps), label)


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
    for max_norm in (1.5, 1000.0):
        numbers = in_flax(twin, "grad")
        grads = named(jax.tree.map(jax.numpy.asarray, numbers), "grads")
        before = fetch(grads)
        result = learner.clip(grads, max_norm)
        old = [p.grad.clone() for p in twin.parameters()]
        reference.torch_clip(twin, max_norm)
        compare(result, in_flax(twin, "grad"), f"clip(grads, {max_norm})")
        unchanged(before, fetch(grads), "grads")
        for p, grad in zip(twin.parameters(), old, strict=True):
            p.grad = grad


def test_train(learner, inside, reference, twin):
    """Training with your `warmup_cosine` and `clip` gives PyTorch's losses."""
    params, xs = in_flax(twin, "data"), torch.randn(STEPS, 64, 4)
    ys = xs @ torch.randn(4, 3)
    mine = inside.losses(learner.warmup_cosine(0.3, 10, STEPS), learner.clip, 0.5, params, xs, ys)
    ours = optimizer(0.3, list(twin.parameters()))
    scheduler, theirs = reference.torch_warmup_cosine(ours, 10, STEPS), []
    for x, y in zip(xs, ys, strict=True):
        loss = torch.nn.functional.mse_loss(twin(x), y)
        ours.zero_grad()
        loss.backward()
        reference.torch_clip(twin, 0.5)
        ours.step()
        scheduler.step()
        theirs.append(loss.item())
    curve(mine, theirs, "losses with warmup_cosine and clip")
