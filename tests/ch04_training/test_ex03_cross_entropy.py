"""Graded checks of 4.3 cross_entropy."""

import pytest
import torch

from flaxkata.checks import compare

LEARNED = "optax returns one loss per sample; the label -100, the weights and the divisor are yours to decide."

HINTS = (
    "F.cross_entropy drops the samples labeled -100 from the sum and from the count. Here you do both: use a mask of the "
    "samples that count, in the numerator and in the denominator.",
    "counted = labels != ignore_index; `jnp.where(counted, labels, 0)` has only labels that exist; "
    "`jnp.where(counted, losses, 0)` leaves samples out. `jax.nn.log_softmax(logits)` is for the smoothed part, and "
    "`weight[labels]` picks the weights.",
    "w = jnp.where(counted, weight[labels], 0); right = w * losses; "
    "even = jnp.where(counted, -jnp.mean(weight * log_softmax, axis=-1), 0); "
    "then return the sum of (1 - s) * right + s * even, divided by w.sum().",
)


def some(classes, batch=8, left_out=()):
    """Logits and labels; no two labels of the first `classes` samples are the
    same.
    """
    logits = 3 * torch.randn(batch, classes)
    labels = torch.arange(batch) * 3 % classes
    labels[list(left_out)] = -100
    return logits, labels


@pytest.fixture
def same(learner, reference):
    """A function that compares the loss with PyTorch's."""

    def check(what, logits, labels, **options):
        mine = learner.cross_entropy(logits, labels.int(), **options)
        compare(mine, reference.torch_cross_entropy(logits, labels, **options), f"cross_entropy(logits, labels){what}")

    return check


def test_plain(same):
    """`cross_entropy` of logits and labels is PyTorch's mean over the samples,
    as one number.
    """
    same("", *some(5))


@pytest.mark.points(2)
def test_ignored(same):
    """Samples labeled -100 are left out of `cross_entropy`, with few classes
    and with many.
    """
    for classes in (5, 200):
        same(f", {classes} classes, two labels -100", *some(classes, left_out=(0, 3)))


def test_ignore_index(same):
    """`ignore_index` can be a different label, such as 0 for padding."""
    same(" with ignore_index=0", *some(5), ignore_index=0)


def test_smoothing(same):
    """`label_smoothing` spreads over the classes as in PyTorch, even with
    samples left out.
    """
    same(" with label_smoothing=0.2", *some(5), label_smoothing=0.2)
    same(" with label_smoothing=0.2, two labels -100", *some(5, left_out=(0, 3)), label_smoothing=0.2)


def test_weight(same):
    """`weight` makes `cross_entropy` a weighted mean."""
    same(" with weight", *some(5), weight=torch.tensor([0.5, 2.0, 1.0, 3.0, 0.25]))


def test_everything(same):
    """`weight` and `label_smoothing` together, with samples left out."""
    weight = torch.tensor([0.5, 2.0, 1.0, 3.0, 0.25])
    same(" with everything", *some(5, left_out=(2,)), weight=weight, label_smoothing=0.2)


def test_jit(learner, jax, reference):
    """Under `jax.jit`, as in training, `cross_entropy` and its gradient equal
    PyTorch's; samples that are left out have the gradient 0.
    """
    logits, labels = some(5, left_out=(0, 3))
    theirs = logits.clone().requires_grad_()
    loss = reference.torch_cross_entropy(theirs, labels)
    loss.backward()
    mine = jax.jit(jax.value_and_grad(learner.cross_entropy))(logits, labels.int())
    compare(mine[0], loss, "cross_entropy under jax.jit")
    compare(mine[1], theirs.grad, "the gradient of cross_entropy under jax.jit")
