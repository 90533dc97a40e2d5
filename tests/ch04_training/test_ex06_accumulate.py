"""Graded checks of 4.6 accumulate."""

import pytest
import torch

from flaxkata.checks import compare, curve, expect, fetch, named

LEARNED = "the gradient of a mean over all samples weights each part by its share of the samples."

HINTS = (
    "PyTorch adds up the gradients of each `backward()`, and the loss is divided beforehand. Here you have each batch's "
    "gradients: multiply them by the batch's share of all samples, and add.",
    "`sum(len(x) for x, _ in batches)` is the number of samples; `jax.tree.map(lambda r, g: r + g * share, result, grads)` "
    "adds one tree to another; `optax.MultiSteps` is the optimizer that waits.",
    "Begin with jax.tree.map(jnp.zeros_like, params), and for each batch add grad_fn(params, x, y) times len(x) / total. "
    "step_every: optax.MultiSteps(tx, every_k_schedule=k).",
)


def in_flax(layer, what="data"):
    return {"kernel": getattr(layer.weight, what).T.clone(), "bias": getattr(layer.bias, what).clone()}


def mlp_in_flax(twin, what="data"):
    return {name: in_flax(layer, what) for name, layer in twin.named_children()}


@pytest.fixture
def same(learner, inside, reference):
    """A function that accumulates over batches of given sizes and compares with
    PyTorch.
    """

    def check(*sizes):
        twin = reference.TorchMLP(4, 6, 3)
        batches = [(torch.randn(n, 4), (i + 1) * torch.randn(n, 3)) for i, n in enumerate(sizes)]
        grad_fn = named(inside.Watching(), "grad_fn")
        mine = learner.accumulate(grad_fn, mlp_in_flax(twin), batches)
        reference.torch_accumulate(twin, batches)
        compare(mine, mlp_in_flax(twin, "grad"), f"accumulate(...) over {' + '.join(map(str, sizes))} samples")
        return fetch(grad_fn.most)

    return check


def test_even(same):
    """`accumulate` over batches of equal size returns the gradients of the
    large batch.
    """
    same(8, 8, 8)


@pytest.mark.points(2)
def test_uneven(same):
    """`accumulate` returns the gradients of the large batch even if the last of
    the batches is smaller.
    """
    same(8, 8, 2)


def test_one_at_a_time(same):
    """`accumulate` calls `grad_fn` with one batch at a time."""
    most = same(8, 8)
    words = f"grad_fn got {most} samples in one call; each of the batches has 8."
    expect(most <= 8, "how many samples grad_fn is given", words, most)


@pytest.mark.points(2)
def test_step_every(learner, inside, reference):
    """`step_every` trains like PyTorch's loop that steps after every third
    batch.
    """
    twin, teacher = torch.nn.Linear(4, 3), torch.randn(4, 3)
    batches = [(x, x @ teacher) for x in torch.randn(36, 64, 4)]
    mine = inside.losses(named(learner.step_every(inside.sgd(), 3), "step_every(tx, 3)"), in_flax(twin), batches)
    theirs = reference.torch_train_every(twin, torch.optim.SGD(twin.parameters(), lr=0.1, momentum=0.9), 3, batches)
    curve(mine, theirs, "losses with step_every(tx, 3)")
